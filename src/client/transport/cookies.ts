/**
 * The cookies of one server. Devices of 16.0 and later must return them ([MS-ASHTTP] 2.2.1.1.2.3), because proxies keep a device on one
 * server with them. There is one server and one path, so the names and values are all that counts.
 */
export class Cookies {
  readonly #values = new Map<string, string>();

  /** The Cookie header; undefined when there is none. */
  header(): string | undefined {
    if (this.#values.size === 0) return undefined;
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Takes the Set-Cookie headers of an answer. */
  take(setCookies: readonly string[], nowMs: number): void {
    for (const text of setCookies) {
      const [pair = "", ...attributes] = text.split(";").map((part) => part.trim());
      const equals = pair.indexOf("=");
      if (equals < 1) continue;
      const name = pair.slice(0, equals);
      if (isOver(attributes, nowMs)) this.#values.delete(name);
      else this.#values.set(name, pair.slice(equals + 1));
    }
  }

  /** Forgets them all: they belong to the server that gave them. */
  clear(): void {
    this.#values.clear();
  }
}

/** Whether a cookie is being deleted, as servers do it. Others live as long as the device's process. */
function isOver(attributes: readonly string[], nowMs: number): boolean {
  return attributes.some((attribute) => {
    const [name = "", value = ""] = attribute.split("=", 2);
    if (name.toLowerCase() === "max-age") return Number(value) <= 0;
    return name.toLowerCase() === "expires" && Date.parse(value) <= nowMs;
  });
}
