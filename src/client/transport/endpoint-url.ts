import { DirectPushError } from "../../errors.js";

/**
 * The URL of the endpoint that a user gave: a bare host gets the path that all servers have; query and fragment go.
 *
 * @throws DirectPushError `ERR_OPTION_INVALID` when it is no http or https URL, or holds a password: that would be stored with the state.
 */
export function endpointUrl(given: string | URL): URL {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new DirectPushError("ERR_OPTION_INVALID", `url must be an http or https URL, got ${String(given)}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new DirectPushError(
      "ERR_OPTION_INVALID",
      "url must not hold a user or a password: see authorization",
    );
  }
  if (url.pathname === "/") url.pathname = "/Microsoft-Server-ActiveSync";
  url.search = "";
  url.hash = "";
  return url;
}
