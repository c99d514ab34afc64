/** What `page.following` writes. */
export interface Followed {
  seconds: number;
  sections: [number, string][];
  chords: [number, number, string][];
}
export function last(rows: readonly unknown[], time: number, key: number | string): number;
export function clock(seconds: number): string;
export function follow(root: ParentNode, data: Followed): (time: number, scrolls: boolean) => void;
