/** Headers of every answer: the page is alone with itself. */
import { VERSION } from "../version.ts";

/**
 * What the page may load and run: its own files, WebAssembly, workers, and pictures that it makes itself. Styles may be set on
 * elements, which is how formulas and sliders are laid out; no script may.
 */
const policy = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "worker-src": "'self' blob:",
  "connect-src": "'self' data: blob:",
  "style-src": "'self' 'unsafe-inline'",
  "img-src": "'self' data: blob:",
  "font-src": "'self' data:",
  "manifest-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

export const everyAnswer: Readonly<Record<string, string>> = Object.freeze({
  // By it the page knows that there are runs to ask for: any other server has only its files.
  "Longhand-Lab": VERSION,
  // Isolated from other origins, which threads in WebAssembly need.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Content-Security-Policy": Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; "),
});

/** An answer as text, for a client whose request isn't one: nothing else can be sent then. */
export function rawAnswer(status: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = { ...everyAnswer, ...headers, "Content-Length": "0", Connection: "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join("")}\r\n`;
}
