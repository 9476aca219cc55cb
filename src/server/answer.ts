/** Answers to requests, as values: what decides on them doesn't send them. Node only. */
import type { FileHandle } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { everyAnswer } from "./headers.ts";

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, bytes, or a file that is closed once it is sent. */
  readonly body?: string | Uint8Array | { readonly handle: FileHandle; readonly size: number };
}

/** Data, as it is now. */
export function jsonAnswer(value: unknown): Answer {
  const headers = { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" };
  return { status: 200, headers, body: JSON.stringify(value) };
}

/** What was wrong with a request. */
export function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    ...jsonAnswer({ error: { status, message } }),
    status,
    headers: { ...jsonAnswer(null).headers, ...headers },
  };
}

/** Sends an answer; only its headers where the method is HEAD. */
export async function send(response: ServerResponse, answer: Answer, isHead: boolean): Promise<void> {
  const { status, headers = {}, body } = answer;
  const isFile = typeof body === "object" && "handle" in body;
  try {
    const length = body === undefined ? 0 : isFile ? body.size : Buffer.byteLength(body);
    response.writeHead(status, {
      ...everyAnswer,
      ...headers,
      ...(status !== 304 && { "Content-Length": String(length) }),
    });
    if (isHead || body === undefined) response.end();
    else if (!isFile) response.end(body);
    else if (body.size === 0) response.end();
    // What is appended meanwhile isn't in the length that was promised.
    else await pipeline(body.handle.createReadStream({ start: 0, end: body.size - 1, autoClose: false }), response);
  } finally {
    if (isFile) await body.handle.close();
  }
}
