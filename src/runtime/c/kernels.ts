/** C that every program has: functions of one number, and products of matrices. */

/**
 * Functions without branches, so that compilers make loops of vectors of them. Errors: below 3 units in the last place of
 * float32 (largest seen: exponential 1.0, logarithm 0.8, tanh 1.2); σ is 0 below the normal numbers. Polynomials: Cephes (Moshier 1984–2000), as in expf, logf, tanhf.
 */
const functions = `
#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL(COUNT) _Pragma("clang loop unroll(full)")
#define SHUFFLE(A, B, ...) __builtin_shufflevector(A, B, __VA_ARGS__)
#else
#define PRAGMA(TEXT) _Pragma(#TEXT)
#define UNROLL(COUNT) PRAGMA(GCC unroll COUNT)
#define SHUFFLE(A, B, ...) __builtin_shuffle(A, B, (choice){__VA_ARGS__})
#endif

INLINE int32_t bits_of(float x) { int32_t i; memcpy(&i, &x, 4); return i; }
INLINE float with_bits(int32_t i) { float x; memcpy(&x, &i, 4); return x; }

/* e^x = 2^n e^r, |r| <= ln(2)/2; 2^n in two factors, so that results below the normal numbers are rounded once. */
INLINE float exponential(float x) {
  x = x > 89.0f ? 89.0f : x < -104.0f ? -104.0f : x;
  float n = (x * 1.44269504088896341f + 12582912.0f) - 12582912.0f;
  float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  float y = (p * r) * r + r + 1.0f;
  int32_t whole = n == n ? (int32_t)n : 0, half = whole >> 1;
  return y * with_bits((half + 127) << 23) * with_bits((whole - half + 127) << 23);
}

INLINE float logistic(float x) { return 1.0f / (1.0f + exponential(-x)); }

INLINE float hyperbolic_tangent(float x) {
  float size = fabsf(x), square = x * x;
  float p = -5.70498872745e-3f;
  p = p * square + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  float near = x + x * square * p;
  float far = 1.0f - 2.0f / (exponential(2.0f * size) + 1.0f);
  return size < 0.625f || x != x ? near : x < 0 ? -far : far;
}

INLINE float logarithm(float x) {
  int small = x < 1.17549435e-38f;
  float scaled = small ? x * 8388608.0f : x;
  int32_t bits = bits_of(scaled), exponent = ((bits >> 23) & 255) - 126 - (small ? 23 : 0);
  float m = with_bits((bits & 0x007fffff) | 0x3f000000);
  int low = m < 0.707106781186547524f;
  float e = (float)(low ? exponent - 1 : exponent);
  m = (low ? m + m : m) - 1.0f;
  float square = m * m;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float y = m + (p * m * square - e * 2.12194440e-4f - 0.5f * square) + e * 0.693359375f;
  return x > 3.402823466e+38f || x != x ? x : x > 0 ? y : x == 0 ? -INFINITY : NAN;
}

INLINE float softplus(float x) {
  float size = fabsf(x);
  return (x > 0 || x != x ? x : 0.0f) + logarithm(1.0f + exponential(-size));
}

INLINE float limited(float y) { return y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y; }

INLINE int32_t quotient(int32_t a, int32_t b) { return b == 0 ? 0 : b == -1 ? -a : a / b; }

INLINE int32_t integer_power(int32_t a, int32_t b) {
  double y = pow((double)a, (double)b);
  return y >= -9.2e18 && y <= 9.2e18 ? (int32_t)(int64_t)y : 0;
}
`;

/** Copies of arrays in another order. */
const copies = `
INLINE long least(long a, long b) { return a < b ? a : b; }

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));
typedef float eight __attribute__((vector_size(32), aligned(4), may_alias));
typedef float sixteen __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t choice __attribute__((vector_size(16)));

/* Rows as columns: to[j, i] = from[i, j]. Rows are 'from_row' and 'to_row' apart. */
static void turn(long rows, long columns, const float *restrict from, long from_row, float *restrict to, long to_row) {
  long whole = rows & ~3L, side = columns & ~3L;
  for (long i = 0; i < whole; i += 4) {
    for (long j = 0; j < side; j += 4) {
      const float *p = from + i * from_row + j;
      float *q = to + j * to_row + i;
      four a = *(const four *)p, b = *(const four *)(p + from_row), c = *(const four *)(p + 2 * from_row), d = *(const four *)(p + 3 * from_row);
      four ab = SHUFFLE(a, b, 0, 4, 1, 5), cd = SHUFFLE(c, d, 0, 4, 1, 5);
      four ef = SHUFFLE(a, b, 2, 6, 3, 7), gh = SHUFFLE(c, d, 2, 6, 3, 7);
      *(four *)q = SHUFFLE(ab, cd, 0, 1, 4, 5);
      *(four *)(q + to_row) = SHUFFLE(ab, cd, 2, 3, 6, 7);
      *(four *)(q + 2 * to_row) = SHUFFLE(ef, gh, 0, 1, 4, 5);
      *(four *)(q + 3 * to_row) = SHUFFLE(ef, gh, 2, 3, 6, 7);
    }
    for (long j = side; j < columns; j++) for (long r = i; r < i + 4; r++) to[j * to_row + r] = from[r * from_row + j];
  }
  for (long r = whole; r < rows; r++) for (long j = 0; j < columns; j++) to[j * to_row + r] = from[r * from_row + j];
}

/* 'outer' rows of x in longer rows of y, from 'start' on; what is before the first and behind the last is left out. */
static void pad(const float *x, float *y, long outer, long part, long row, long start) {
  long first = start < 0 ? -start : 0, last = least(part, row - start);
  for (long o = 0; o < outer; o++) if (last > first) memcpy(y + o * row + start + first, x + o * part + first, 4 * (last - first));
}
`;

/** How far a product goes along the axis that is summed over before it takes the next tile. */
export const DEPTH = 512;

/** Lines of the largest panel of a factor. */
export const LARGEST_PANEL = 32;

/**
 * Products of matrices, after Goto and van de Geijn (2008): both factors are copied into panels, in the order in which a tile
 * of the result, held in registers, reads them. A factor that stays the same in a loop is copied once, before it.
 */
const products = String.raw`
#if defined(__AVX512F__)
#define LANES 16
#define REGISTERS 32
#elif defined(__AVX__)
#define LANES 8
#define REGISTERS 16
#elif defined(__aarch64__)
#define LANES 4
#define REGISTERS 32
#else
#define LANES 4
#define REGISTERS 16
#endif

#define DEPTH ${DEPTH}

typedef float vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

/* ROWS rows and WIDTH vectors of the result: a [depth][ROWS], b [depth] rows apart by 'step'. */
#define TILE(NAME, ROWS, WIDTH) \
  static void NAME(long depth, const float *a, const float *b, long step, float *c, long row, long rows, long columns, int first) { \
    vector sum[ROWS][WIDTH]; \
    UNROLL(32) for (int r = 0; r < ROWS; r++) \
      UNROLL(2) for (int v = 0; v < WIDTH; v++) sum[r][v] = (vector){0}; \
    for (long k = 0; k < depth; k++, a += ROWS, b += step) { \
      vector x[WIDTH]; \
      __builtin_prefetch(a + 16 * ROWS); \
      if (4 * ROWS > 64) __builtin_prefetch(a + 16 * ROWS + 16); \
      UNROLL(2) for (int v = 0; v < WIDTH; v++) x[v] = *(const vector *)(b + v * LANES); \
      UNROLL(32) for (int r = 0; r < ROWS; r++) \
        UNROLL(2) for (int v = 0; v < WIDTH; v++) sum[r][v] += a[r] * x[v]; \
    } \
    if (rows == ROWS && columns == WIDTH * LANES) { \
      UNROLL(32) for (int r = 0; r < ROWS; r++) \
        UNROLL(2) for (int v = 0; v < WIDTH; v++) { \
          vector *to = (vector *)(c + r * row + v * LANES); \
          if (first) *to = sum[r][v]; else *to += sum[r][v]; \
        } \
      return; \
    } \
    float part[ROWS][WIDTH * LANES]; \
    memcpy(part, sum, sizeof part); \
    for (long r = 0; r < rows; r++) \
      for (long j = 0; j < columns; j++) c[r * row + j] = first ? part[r][j] : c[r * row + j] + part[r][j]; \
  }

/* Sums fill three quarters of the registers, or half of them. */
TILE(wide_full, (REGISTERS * 3 / 8), 2)
TILE(wide_half, (REGISTERS / 4), 2)
TILE(thin_full, (REGISTERS * 3 / 4), 1)
TILE(thin_half, (REGISTERS / 2), 1)

INLINE long rounded_up(long count, long size) { return (count + size - 1) / size * size; }

/* Rows of a panel of the left factor, so that few are left over; columns of one of the right. */
static long panel_rows(long rows, long columns) {
  long half = (columns <= LANES ? 2 : 1) * REGISTERS / 4, full = half * 3 / 2;
  return rounded_up(rows, half) < rounded_up(rows, full) ? half : full;
}
static long panel_columns(long columns) { return columns <= LANES ? LANES : 2 * LANES; }

/* 'count' lines of 'depth' numbers each, as panels of 'size' lines: [panel][depth][size], zeros where lines lack. */
static void pack(long count, long depth, const float *from, long line, long next, float *to, long size) {
  for (long i = 0; i < count; i += size, from += size * line, to += size * depth) {
    long lines = least(size, count - i);
    if (lines < size) memset(to, 0, 4 * size * depth);
    if (line == 1) for (long k = 0; k < depth; k++) for (long r = 0; r < lines; r++) to[k * size + r] = from[k * next + r];
    else if (next == 1) turn(lines, depth, from, line, to, size);
    else for (long k = 0; k < depth; k++) for (long r = 0; r < lines; r++) to[k * size + r] = from[r * line + k * next];
  }
}

/* All of a factor, one depth after the other: what stays the same in a loop. */
static void pack_all(long count, long depth, const float *from, long line, long next, float *to, long size) {
  for (long k = 0; k < depth; k += DEPTH) {
    long part = least(DEPTH, depth - k);
    pack(count, part, from + k * next, line, next, to, size);
    to += rounded_up(count, size) * part;
  }
}

/* C [m, n] = A [m, depth] B [depth, n]. A factor is given as it lies in memory, or in panels (then its other numbers are 0). */
static void product(long m, long n, long depth, const float *a, long a_row, long a_next, const float *a_panels,
                    const float *b, long b_row, long b_next, const float *b_panels, float *c, float *work) {
  if (depth == 0) { memset(c, 0, 4 * m * n); return; }
  long rows = panel_rows(m, n), columns = panel_columns(n), all_rows = rounded_up(m, rows), all_columns = rounded_up(n, columns);
  /* Whole panels of the right factor are read where they lie, if that isn't often. */
  int in_place = !b_panels && b_next == 1 && n % columns == 0 && (n == columns || m <= 2 * rows);
  int is_half = rows == (n <= LANES ? 2 : 1) * REGISTERS / 4;
  void (*tile)(long, const float *, const float *, long, float *, long, long, long, int) =
    n <= LANES ? (is_half ? thin_half : thin_full) : is_half ? wide_half : wide_full;
  for (long k = 0; k < depth; k += DEPTH) {
    long part = least(DEPTH, depth - k);
    const float *left = a_panels + all_rows * k, *right = b_panels + all_columns * k;
    if (!a_panels) { pack(m, part, a + k * a_next, a_row, a_next, work, rows); left = work; }
    if (in_place) right = b + k * b_row;
    else if (!b_panels) { float *to = a_panels ? work : work + all_rows * DEPTH; pack(n, part, b + k * b_row, b_next, b_row, to, columns); right = to; }
    for (long j = 0; j < n; j += columns)
      for (long i = 0; i < m; i += rows)
        tile(part, left + i * part, in_place ? right + j : right + j * part,
          in_place ? b_row : columns, c + i * n + j, n, least(rows, m - i), least(columns, n - j), k == 0);
  }
}
`;

/** The other operators, over arrays without gaps. */
const operators = `
/* Softmax, or its logarithm, along the middle one of three axes. */
static void softmax(const float *x, float *y, long outer, long count, long inner, int logarithmic) {
  for (long o = 0; o < outer; o++) for (long i = 0; i < inner; i++) {
    const float *from = x + o * count * inner + i;
    float *to = y + o * count * inner + i;
    float largest = -INFINITY, total = 0;
    for (long k = 0; k < count; k++) largest = from[k * inner] > largest ? from[k * inner] : largest;
    if (inner == 1) {
      #pragma omp simd reduction(+:total)
      for (long k = 0; k < count; k++) { to[k] = exponential(from[k] - largest); total += to[k]; }
    } else for (long k = 0; k < count; k++) { to[k * inner] = exponential(from[k * inner] - largest); total += to[k * inner]; }
    if (logarithmic) { float shift = logarithm(total); for (long k = 0; k < count; k++) to[k * inner] = (from[k * inner] - largest) - shift; }
    else { float scale = 1.0f / total; for (long k = 0; k < count; k++) to[k * inner] *= scale; }
  }
}

#define ARGMAX(NAME, TYPE) \
  static void NAME(const TYPE *x, int32_t *y, long outer, long count, long inner) { \
    for (long o = 0; o < outer; o++) for (long i = 0; i < inner; i++) { \
      const TYPE *from = x + o * count * inner + i; \
      long best = 0; \
      for (long k = 1; k < count; k++) if (from[k * inner] > from[best * inner]) best = k; \
      y[o * inner + i] = (int32_t)best; \
    } \
  }
ARGMAX(argmax_float, float)
ARGMAX(argmax_int32_t, int32_t)
ARGMAX(argmax_uint8_t, uint8_t)

/* Rows of 'size' bytes chosen by index; the first index that isn't one is told of. */
static int gather(const char *x, const int32_t *indices, char *y, long outer, long extent, long count, long size, double *problem) {
  for (long o = 0; o < outer; o++) for (long k = 0; k < count; k++, y += size) {
    long chosen = indices[k] < 0 ? indices[k] + extent : indices[k];
    if (chosen < 0 || chosen >= extent) { problem[0] = indices[k]; problem[1] = (double)extent; return 1; }
    memcpy(y, x + (o * extent + chosen) * size, size);
  }
  return 0;
}
`;

/** C that a program needs. @param withProducts those take the compiler a while. */
export function kernels(withProducts: boolean): string {
  return `${functions}${copies}${withProducts ? products : ""}${operators}`;
}
