/* Steps of the composer's network with weights, keys and values of a byte; see engine_native.py, which builds the layouts.
 *
 * A product takes bytes in blocks: what the weights are multiplied with is rounded to a byte too, block by block, offset
 * by 128 because the instruction (VPDPBUSD: AVX-512 VNNI) wants one factor without a sign; `start` takes the offset away.
 * Weights lie as they are read: 64 rows side by side, four numbers of a row together, so nothing is summed across lanes.
 * Several tokens (rows of a batch, or of a prompt) share one reading of the weights.
 */
#include <stdint.h>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define INLINE TARGET static inline __attribute__((always_inline))
enum { AT_ONCE = 16, MOST_GROUP = 4 };

typedef struct {
    const int8_t *numbers; /* (out / 64, size / 4, 64, 4) */
    const float *scales;   /* (blocks, out) */
    const int32_t *start;  /* (blocks, out): minus 128 times the block's sum */
    int64_t out, size, block;
} Matrix;

typedef struct {
    int64_t width, layers, heads, key_heads, head, hidden, context, slots, vocabulary;
    const float *table;          /* (features + vocabulary, width) */
    const float *norms, *shifts; /* (styles, 2 layers + 1, width), (styles, vocabulary) */
    const float *cosine, *sine;  /* (context, head / 2) */
    const float *steps;          /* (layers, 2): what a byte of keys, of values is worth */
    const Matrix *matrices;      /* of each layer queries + keys + values, joined, gate + up, down; last the embedding */
} Network;

/* Bytes and, for every block, what one is worth. x must be zero up to the end of the last block. */
INLINE void rounded(const float *x, int64_t size, int64_t block, uint8_t *bytes, float *worth) {
    const __m512i middle = _mm512_set1_epi32(128);
    for (int64_t from = 0; from < size; from += block) {
        __m512 most = _mm512_setzero_ps();
        for (int64_t i = from; i < from + block; i += 16) most = _mm512_max_ps(most, _mm512_abs_ps(_mm512_loadu_ps(x + i)));
        const float largest = _mm512_reduce_max_ps(most);
        const __m512 inverse = _mm512_set1_ps(largest > 0 ? 127.0f / largest : 0.0f);
        for (int64_t i = from; i < from + block; i += 16) {
            const __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(inverse, _mm512_loadu_ps(x + i)));
            _mm_storeu_si128((__m128i *)(bytes + i), _mm512_cvtepi32_epi8(_mm512_add_epi32(whole, middle)));
        }
        worth[from / block] = largest / 127.0f;
    }
}

INLINE __m512i four(const uint8_t *bytes) {
    int32_t found;
    memcpy(&found, bytes, 4);
    return _mm512_set1_epi32(found);
}

/* `tokens` vectors times a matrix; `wide` of the four lots of 16 rows are summed at once. */
INLINE void product(const Matrix *m, const uint8_t *bytes, const float *worth, int tokens, int wide, float *y) {
    const int64_t blocks = m->size / m->block;
    for (int64_t row = 0; row < m->out; row += 16 * wide) {
        const int8_t *at = m->numbers + row / 64 * 64 * m->size + row % 64 * 4;
        __m512 total[4][4];
        for (int t = 0; t < tokens; t++)
            for (int g = 0; g < wide; g++) total[t][g] = _mm512_setzero_ps();
        for (int64_t b = 0; b < blocks; b++) {
            __m512i sum[4][4];
            for (int g = 0; g < wide; g++)
                for (int t = 0; t < tokens; t++) sum[t][g] = _mm512_loadu_si512(m->start + b * m->out + row + 16 * g);
            for (int64_t k = b * m->block; k < (b + 1) * m->block; k += 4, at += 256) {
                __m512i numbers[4];
                for (int g = 0; g < wide; g++) numbers[g] = _mm512_load_si512(at + 64 * g);
                for (int t = 0; t < tokens; t++) {
                    const __m512i factor = four(bytes + t * m->size + k);
                    for (int g = 0; g < wide; g++) sum[t][g] = _mm512_dpbusd_epi32(sum[t][g], factor, numbers[g]);
                }
            }
            for (int g = 0; g < wide; g++) {
                const __m512 scale = _mm512_loadu_ps(m->scales + b * m->out + row + 16 * g);
                for (int t = 0; t < tokens; t++) {
                    const __m512 both = _mm512_mul_ps(scale, _mm512_set1_ps(worth[t * blocks + b]));
                    total[t][g] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum[t][g]), both, total[t][g]);
                }
            }
        }
        for (int t = 0; t < tokens; t++)
            for (int g = 0; g < wide; g++) _mm512_storeu_ps(y + t * m->out + row + 16 * g, total[t][g]);
    }
}

/* y (n, out) = matrix times x (n, stride) */
TARGET static void times(const Matrix *m, const float *x, int64_t stride, int n, float *y) {
    const int64_t blocks = m->size / m->block;
    uint8_t bytes[4 * m->size];
    float worth[4 * blocks];
    for (int from = 0; from < n;) {
        const int left = n - from, tokens = left >= 4 ? 4 : left >= 2 ? 2 : 1;
        for (int t = 0; t < tokens; t++)
            rounded(x + (from + t) * stride, m->size, m->block, bytes + t * m->size, worth + t * blocks);
        float *to = y + from * m->out;
        if (tokens == 4) product(m, bytes, worth, 4, 2, to);
        else if (tokens == 2) product(m, bytes, worth, 2, 4, to);
        else product(m, bytes, worth, 1, 4, to);
        from += tokens;
    }
}

INLINE void norm(const float *x, const float *scale, int64_t width, float *y) {
    __m512 squares = _mm512_setzero_ps();
    for (int64_t i = 0; i < width; i += 16) {
        const __m512 v = _mm512_loadu_ps(x + i);
        squares = _mm512_fmadd_ps(v, v, squares);
    }
    const __m512 factor = _mm512_set1_ps(1.0f / sqrtf(_mm512_reduce_add_ps(squares) / (float)width + 1e-5f));
    for (int64_t i = 0; i < width; i += 16)
        _mm512_storeu_ps(y + i, _mm512_mul_ps(_mm512_mul_ps(_mm512_loadu_ps(x + i), factor), _mm512_loadu_ps(scale + i)));
}

/* e to the x by a power of two and a polynomial; to 2e-7 */
INLINE __m512 exponential(__m512 x) {
    x = _mm512_min_ps(_mm512_max_ps(x, _mm512_set1_ps(-87.0f)), _mm512_set1_ps(88.0f));
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), 0);
    __m512 rest = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
    rest = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), rest);
    __m512 sum = _mm512_set1_ps(1.0f / 5040);
    const float terms[] = {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f};
    for (int i = 0; i < 7; i++) sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(terms[i]));
    return _mm512_scalef_ps(sum, n);
}

static void turn(float *x, int64_t half, const float *cosine, const float *sine) {
    for (int64_t i = 0; i < half; i++) {
        const float one = x[i], two = x[i + half];
        x[i] = one * cosine[i] - two * sine[i];
        x[i + half] = two * cosine[i] + one * sine[i];
    }
}

static inline int8_t a_byte(float x) {
    x = rintf(x);
    return (int8_t)(x > 127 ? 127 : x < -128 ? -128 : x);
}

/* `group` query heads over one key head. Keys lie (positions / 16, head / 4, 16, 4), values (positions / 4, head, 4). */
INLINE void one_head(const int8_t *keys, const int8_t *values, const float *queries, int group, int64_t head,
                     int64_t length, float key_step, float value_step, float *mixed) {
    const int64_t sixteens = (length + 15) / 16;
    float scores[MOST_GROUP][16 * sixteens], worth[MOST_GROUP];
    uint8_t bytes[MOST_GROUP][head], weights[MOST_GROUP][16 * sixteens];
    __m512 most[MOST_GROUP], least = _mm512_set1_ps(-1e30f);
    for (int h = 0; h < group; h++) {
        rounded(queries + h * head, head, head, bytes[h], worth + h);
        worth[h] *= key_step / sqrtf((float)head);
        most[h] = least;
    }
    for (int64_t s = 0; s < sixteens; s++) {
        __m512i sum[MOST_GROUP], offset = _mm512_setzero_si512();
        for (int h = 0; h < group; h++) sum[h] = _mm512_setzero_si512();
        for (int64_t k = 0; k < head; k += 4) {
            const __m512i key = _mm512_load_si512(keys + s * 16 * head + k * 16);
            offset = _mm512_dpbusd_epi32(offset, _mm512_set1_epi8(1), key);
            for (int h = 0; h < group; h++) sum[h] = _mm512_dpbusd_epi32(sum[h], four(bytes[h] + k), key);
        }
        const int64_t left = length - 16 * s;
        const __mmask16 there = (__mmask16)(left >= 16 ? 0xFFFF : (1 << left) - 1);
        for (int h = 0; h < group; h++) {
            const __m512i whole = _mm512_sub_epi32(sum[h], _mm512_slli_epi32(offset, 7));
            const __m512 score = _mm512_mul_ps(_mm512_cvtepi32_ps(whole), _mm512_set1_ps(worth[h]));
            const __m512 seen = _mm512_mask_blend_ps(there, least, score);
            most[h] = _mm512_max_ps(most[h], seen);
            _mm512_storeu_ps(scores[h] + 16 * s, seen);
        }
    }
    for (int h = 0; h < group; h++) {
        const __m512 largest = _mm512_set1_ps(_mm512_reduce_max_ps(most[h]));
        __m512i total = _mm512_setzero_si512();
        for (int64_t s = 0; s < sixteens; s++) {
            const __m512 part = exponential(_mm512_sub_ps(_mm512_loadu_ps(scores[h] + 16 * s), largest));
            const __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(part, _mm512_set1_ps(255.0f)));
            total = _mm512_add_epi32(total, whole);
            _mm_storeu_si128((__m128i *)(weights[h] + 16 * s), _mm512_cvtepi32_epi8(whole));
        }
        worth[h] = value_step / (float)_mm512_reduce_add_epi32(total);
    }
    for (int64_t from = 0; from < head; from += 64) {
        const int lots = (int)(head - from >= 64 ? 4 : (head - from) / 16);
        __m512i sum[MOST_GROUP][4];
        for (int h = 0; h < group; h++)
            for (int g = 0; g < 4; g++) sum[h][g] = _mm512_setzero_si512();
        if (lots == 4)
            for (int64_t t = 0; t < (length + 3) / 4; t++)
                for (int g = 0; g < 4; g++) {
                    const __m512i value = _mm512_load_si512(values + t * 4 * head + (from + 16 * g) * 4);
                    for (int h = 0; h < group; h++)
                        sum[h][g] = _mm512_dpbusd_epi32(sum[h][g], four(weights[h] + 4 * t), value);
                }
        else
            for (int64_t t = 0; t < (length + 3) / 4; t++)
                for (int g = 0; g < lots; g++) {
                    const __m512i value = _mm512_load_si512(values + t * 4 * head + (from + 16 * g) * 4);
                    for (int h = 0; h < group; h++)
                        sum[h][g] = _mm512_dpbusd_epi32(sum[h][g], four(weights[h] + 4 * t), value);
                }
        for (int h = 0; h < group; h++)
            for (int g = 0; g < lots; g++)
                _mm512_storeu_ps(mixed + h * head + from + 16 * g,
                                 _mm512_mul_ps(_mm512_cvtepi32_ps(sum[h][g]), _mm512_set1_ps(worth[h])));
    }
}

/* Puts the token's keys and values into the cache and mixes what it sees. joint: its queries, keys, values. */
TARGET static void attention(const Network *n, int64_t layer, int64_t rows, int64_t row, int64_t position, int8_t *cache,
                             float *joint, float *mixed) {
    const int64_t head = n->head, half = head / 2, group = n->heads / n->key_heads, each = n->context * head;
    const float *steps = n->steps + 2 * layer;
    for (int64_t h = 0; h < n->heads + n->key_heads; h++)
        turn(joint + h * head, half, n->cosine + position * half, n->sine + position * half);
    for (int64_t h = 0; h < n->key_heads; h++) {
        int8_t *keys = cache + ((2 * layer * rows + row) * n->key_heads + h) * each;
        int8_t *values = cache + (((2 * layer + 1) * rows + row) * n->key_heads + h) * each;
        const float *key = joint + (n->heads + h) * head, *value = joint + (n->heads + n->key_heads + h) * head;
        for (int64_t i = 0; i < head; i++) {
            keys[position / 16 * 16 * head + i / 4 * 64 + position % 16 * 4 + i % 4] = a_byte(key[i] / steps[0]);
            values[position / 4 * 4 * head + i * 4 + position % 4] = a_byte(value[i] / steps[1]);
        }
        const float *queries = joint + h * group * head;
        float *to = mixed + h * group * head;
        switch (group) {
        case 1: one_head(keys, values, queries, 1, head, position + 1, steps[0], steps[1], to); break;
        case 2: one_head(keys, values, queries, 2, head, position + 1, steps[0], steps[1], to); break;
        case 3: one_head(keys, values, queries, 3, head, position + 1, steps[0], steps[1], to); break;
        default: one_head(keys, values, queries, 4, head, position + 1, steps[0], steps[1], to);
        }
    }
}

/* Up to AT_ONCE tokens; a later one of the same row sees the earlier. */
TARGET static void some(const Network *n, int count, const int64_t *numbers, const int32_t *places, int64_t rows,
                        int8_t *cache, float *logits) {
    const int64_t width = n->width, norms = 2 * n->layers + 1;
    const Matrix *m = n->matrices;
    /* rows of the buffers are as long as the longest vector read from them, zero where nothing is */
    const int64_t seen_size = m[0].size > m[1].size ? m[0].size : m[1].size, inner_size = m[3].size;
    float x[AT_ONCE * width], seen[AT_ONCE * seen_size], inner[AT_ONCE * inner_size];
    float y[AT_ONCE * (m[0].out > m[2].out ? m[0].out : m[2].out)], added[AT_ONCE * m[1].out];
    memset(x, 0, sizeof x), memset(seen, 0, sizeof seen), memset(inner, 0, sizeof inner);
    for (int t = 0; t < count; t++)
        for (int64_t s = 0; s < n->slots; s++) {
            const float *row = n->table + numbers[t * n->slots + s] * width;
            for (int64_t i = 0; i < width; i += 16)
                _mm512_storeu_ps(x + t * width + i,
                                 _mm512_add_ps(_mm512_loadu_ps(x + t * width + i), _mm512_loadu_ps(row + i)));
        }
    for (int64_t layer = 0; layer < n->layers; layer++, m += 4) {
        for (int t = 0; t < count; t++)
            norm(x + t * width, n->norms + (places[4 * t + 2] * norms + 2 * layer) * width, width, seen + t * seen_size);
        times(m, seen, seen_size, count, y);
        for (int t = 0; t < count; t++)
            attention(n, layer, rows, places[4 * t], places[4 * t + 1], cache, y + t * m[0].out, seen + t * seen_size);
        times(m + 1, seen, seen_size, count, added);
        for (int t = 0; t < count; t++) {
            for (int64_t i = 0; i < width; i++) x[t * width + i] += added[t * m[1].out + i];
            norm(x + t * width, n->norms + (places[4 * t + 2] * norms + 2 * layer + 1) * width, width, seen + t * seen_size);
        }
        times(m + 2, seen, seen_size, count, y);
        const int64_t up = m[2].out / 2;
        for (int t = 0; t < count; t++)
            for (int64_t i = 0; i < n->hidden; i += 16) {
                const __m512 gate = _mm512_loadu_ps(y + t * m[2].out + i);
                const __m512 below = _mm512_add_ps(_mm512_set1_ps(1.0f), exponential(_mm512_sub_ps(_mm512_setzero_ps(), gate)));
                _mm512_storeu_ps(inner + t * inner_size + i,
                                 _mm512_mul_ps(_mm512_div_ps(gate, below), _mm512_loadu_ps(y + t * m[2].out + up + i)));
            }
        times(m + 3, inner, inner_size, count, added);
        for (int t = 0; t < count; t++)
            for (int64_t i = 0; i < width; i++) x[t * width + i] += added[t * m[3].out + i];
    }
    int wanted = 0, which[AT_ONCE];
    for (int t = 0; t < count; t++)
        if (places[4 * t + 3] >= 0) {
            norm(x + t * width, n->norms + (places[4 * t + 2] * norms + norms - 1) * width, width, seen + wanted * seen_size);
            which[wanted++] = t;
        }
    float found[AT_ONCE * m->out];
    times(m, seen, seen_size, wanted, found);
    for (int w = 0; w < wanted; w++) {
        const int32_t *place = places + 4 * which[w];
        for (int64_t i = 0; i < n->vocabulary; i++)
            logits[place[3] * n->vocabulary + i] = found[w * m->out + i] + n->shifts[place[2] * n->vocabulary + i];
    }
}

int senandung_fits(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni");
}

/* Reads `count` tokens: numbers (count, slots), places (count, 4): row, position, style, row of the logits or -1. */
void senandung_read(const Network *n, int64_t count, const int64_t *numbers, const int32_t *places, int64_t rows,
                    int8_t *cache, float *logits) {
    for (int64_t from = 0; from < count; from += AT_ONCE)
        some(n, (int)(count - from < AT_ONCE ? count - from : AT_ONCE), numbers + from * n->slots, places + 4 * from, rows,
             cache, logits);
}

#else /* another processor: the engine takes its other way */
int senandung_fits(void) { return 0; }
void senandung_read(void) {}
#endif
