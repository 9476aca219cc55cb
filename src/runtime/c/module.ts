/** A program in C as an addon of Node. */
import type { Emitted } from "./emit.ts";

/** What the addon gives. */
export interface Addon {
  /** Bytes of memory that a run needs. */
  memory(extents: Float64Array): number;
  /** Makes memory ready for runs. */
  prepare(arena: Uint8Array): void;
  /**
   * Runs the program.
   * @param arrays the elements of the inputs, then of the outputs. @param problem gets an index that is outside, and the extent.
   * @returns 0, or 1 where there was such an index.
   */
  run(
    arrays: readonly ArrayBufferView[],
    inputs: number,
    extents: Float64Array,
    arena: Uint8Array,
    problem: Float64Array,
  ): number;
}

/** The program with Node's interface (Node-API 8) around it. */
export function addonSource({ source }: Emitted, arrays: number): string {
  return `${source}
#include <node_api.h>
#include <sys/mman.h>

static void *elements_of(napi_env env, napi_value array) {
  void *data = 0;
  napi_get_typedarray_info(env, array, 0, 0, &data, 0, 0);
  return data;
}

static napi_value call_memory(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value given[1], result = 0;
  napi_get_cb_info(env, info, &count, given, 0, 0);
  napi_create_double(env, memory(elements_of(env, given[0])), &result);
  return result;
}

/* Long loops through memory wait for the addresses of its pages: large pages are fewer. */
static napi_value call_prepare(napi_env env, napi_callback_info info) {
  size_t count = 1, length = 0;
  napi_value given[1];
  void *data = 0;
  napi_get_cb_info(env, info, &count, given, 0, 0);
  napi_get_typedarray_info(env, given[0], 0, &length, &data, 0, 0);
#ifdef MADV_HUGEPAGE
  uintptr_t start = ((uintptr_t)data + 4095) & ~(uintptr_t)4095, end = ((uintptr_t)data + length) & ~(uintptr_t)4095;
  if (end > start) madvise((void *)start, end - start, MADV_HUGEPAGE);
#endif
  return 0;
}

static napi_value call_run(napi_env env, napi_callback_info info) {
  size_t count = 5;
  napi_value given[5], element, result = 0;
  uint32_t inputs = 0;
  void *data[${arrays + 1}];
  napi_get_cb_info(env, info, &count, given, 0, 0);
  napi_get_value_uint32(env, given[1], &inputs);
  for (uint32_t k = 0; k < ${arrays}; k++) {
    napi_get_element(env, given[0], k, &element);
    data[k] = elements_of(env, element);
  }
  char *arena = elements_of(env, given[3]);
  arena += (64 - (uintptr_t)arena % 64) % 64;
  int status = run((const void *const *)data, data + inputs, elements_of(env, given[2]), arena, elements_of(env, given[4]));
  napi_create_int32(env, status, &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "memory", NAPI_AUTO_LENGTH, call_memory, 0, &function);
  napi_set_named_property(env, exports, "memory", function);
  napi_create_function(env, "prepare", NAPI_AUTO_LENGTH, call_prepare, 0, &function);
  napi_set_named_property(env, exports, "prepare", function);
  napi_create_function(env, "run", NAPI_AUTO_LENGTH, call_run, 0, &function);
  napi_set_named_property(env, exports, "run", function);
  return exports;
}
`;
}
