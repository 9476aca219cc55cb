/** Who may ask: programs and pages that mean this server, no page of another site. Node only. */
import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { type Answer, refusal } from "./answer.ts";

const loopback = ["127.0.0.1", "localhost", "[::1]"];

/** Whether a name or address means this machine and nobody else can reach it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * What the Host header of a request may say, in lower case.
 * @param host the name or address listened on. Of "0.0.0.0" and "::", which mean all, every address of this machine.
 */
export function hostsOf(host: string, port: number): ReadonlySet<string> {
  const written = (name: string) => (isIPv6(name) ? `[${name}]` : name).toLowerCase();
  const addresses = () => Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
  const names =
    host === "0.0.0.0" || host === "::"
      ? [...loopback, hostname(), ...addresses()]
      : isLoopback(host)
        ? [...loopback, host]
        : [host];
  // Port 80 goes without saying.
  return new Set(names.flatMap((name) => [`${written(name)}:${port}`, ...(port === 80 ? [written(name)] : [])]));
}

/**
 * Why a request isn't served, or undefined where it may be.
 *
 * A page of another site can make a browser ask for anything here, and by a name of its own that suddenly means this machine
 * (DNS rebinding) read the answer too. So a request must name this server as its host, and come from its own page, from no
 * page at all, or be the visit of a page.
 */
export function guard(request: IncomingMessage, hosts: ReadonlySet<string>): Answer | undefined {
  const { host, origin } = request.headers;
  const named = request.rawHeaders.filter((text, k) => k % 2 === 0 && text.toLowerCase() === "host").length;
  if (named !== 1) return refusal(400, "expected one Host header");
  if (!hosts.has(host!.toLowerCase())) return refusal(403, `this server isn't called ${JSON.stringify(host)}`);
  const isOwn = (text: string) => text.startsWith("http://") && hosts.has(text.slice("http://".length).toLowerCase());
  if (origin !== undefined && !isOwn(origin)) return refusal(403, "pages of other sites are not served");
  const site = request.headers["sec-fetch-site"];
  const isVisit = request.headers["sec-fetch-mode"] === "navigate" && request.headers["sec-fetch-dest"] === "document";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !isVisit) {
    return refusal(403, "pages of other sites are not served");
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refusal(405, `${request.method} isn't served, only GET and HEAD`, { Allow: "GET, HEAD" });
  }
  return undefined;
}
