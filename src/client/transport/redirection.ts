/**
 * Where HTTP 451 sends a device ([MS-ASHTTP] 2.2.2.1.2.8); undefined when the header is missing, makes no sense, or would have the password
 * sent without TLS after a server that had it.
 */
export function redirectedUrl(from: URL, location: string | undefined): URL | undefined {
  if (location === undefined || !URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from);
  const isWeb = to.protocol === "https:" || to.protocol === "http:";
  const losesTls = from.protocol === "https:" && to.protocol !== "https:";
  if (!isWeb || losesTls || to.username !== "" || to.password !== "") return undefined;
  to.search = "";
  to.hash = "";
  return to.href === from.href ? undefined : to;
}
