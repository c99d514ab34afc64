// Builds what browsers get: `node build.mjs` (by `make assets`). Nothing is fetched; the same sources give the same bytes.
//
// Every src/<area>.ts and src/<area>.css belongs to one bundle, app.js and app.css, after the frame's own (src/frame).
// What is imported by `import("./…")` becomes a file of its own that is loaded when it is needed.
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import subsetFont from "subset-font";

const here = dirname(fileURLToPath(import.meta.url));
const last = join(here, "..", "src", "senandung", "app", "web", "static");
const out = mkdtempSync(join(last, "..", ".static-"));

const areas = (ending) => readdirSync(join(here, "src")).filter((name) => name.endsWith(ending)).sort();
const imports = (ending, first) => [first, ...areas(ending).map((name) => `./${name}`)].map((name) => `import "${name}";`).join("\n");

const common = { bundle: true, minify: true, legalComments: "none", charset: "utf8", target: ["es2022"], logLevel: "warning" };
await build({
  ...common,
  stdin: { contents: imports(".ts", "./frame/main"), resolveDir: join(here, "src"), sourcefile: "app.ts", loader: "ts" },
  outfile: undefined, outdir: out, entryNames: "app", chunkNames: "part-[hash]", format: "esm", splitting: true,
});
await build({ ...common, entryPoints: [join(here, "src", "frame", "worker.ts")], outfile: join(out, "sw.js"), format: "iife" });
await build({
  ...common,
  stdin: { contents: imports(".css", "./frame/main.css").replaceAll('import "', '@import "'), resolveDir: join(here, "src"), sourcefile: "app.css", loader: "css" },
  outfile: join(out, "app.css"), external: ["/static/*"], target: ["chrome111", "firefox113", "safari16.4"],
});
const fonts = join(here, "node_modules", "@fontsource", "fraunces");
const tokens = readFileSync(join(here, "src", "frame", "tokens.css"), "utf8");
for (const [style, name] of [["normal", "fraunces-500"], ["italic", "fraunces-500-italic"]]) {
  const whole = readFileSync(join(fonts, "files", `fraunces-latin-500-${style}.woff2`));
  writeFileSync(join(out, `${name}.woff2`), whole);
  writeFileSync(join(out, `${name}-letters.woff2`), await subsetFont(whole, charactersOf(`${name}-letters`), { targetFormat: "woff2" }));
}
copyFileSync(join(fonts, "LICENSE"), join(out, "fraunces-licence.txt"));
stamp("app.css");
for (const name of readdirSync(join(here, "public"))) copyFileSync(join(here, "public", name), join(out, name));
writeFileSync(join(out, "built-from.txt"), `${digestOfSources()}\n`);

// File by file, so that a home that is being served misses none meanwhile.
const made = new Set(readdirSync(out));
for (const name of made) renameSync(join(out, name), join(last, name));
for (const name of readdirSync(last)) if (!made.has(name)) rmSync(join(last, name), { recursive: true });
rmSync(out, { recursive: true });

// The characters of a face's unicode-range in tokens.css.
function charactersOf(name) {
  const range = tokens.match(new RegExp(`/${name}\\.woff2[^}]*unicode-range: ([^;]+);`))[1];
  return range.split(", ").map((each) => {
    const [first, last] = each.slice(2).split("-").map((digits) => Number.parseInt(digits, 16));
    return String.fromCodePoint(...Array.from({ length: (last ?? first) - first + 1 }, (_, at) => first + at));
  }).join("");
}

// What a style names gets its digest, so that browsers keep it for good.
function stamp(name) {
  const styles = readFileSync(join(out, name), "utf8").replace(/\/static\/([\w.-]+)/g, (whole, file) => {
    return `${whole}?v=${createHash("sha256").update(readFileSync(join(out, file))).digest("hex").slice(0, 12)}`;
  });
  writeFileSync(join(out, name), styles);
}

// SHA-256 over every source's path and bytes; tests/web/test_assets.py finds the same.
function digestOfSources() {
  const whole = createHash("sha256");
  const files = readdirSync(here, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => relative(here, join(each.parentPath, each.name)).replaceAll("\\", "/"))
    .filter((name) => !name.startsWith("node_modules/"))
    .sort();
  for (const name of files) whole.update(`${name}\n`).update(createHash("sha256").update(readFileSync(join(here, name))).digest("hex"));
  return whole.digest("hex");
}
