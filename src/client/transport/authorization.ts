/** How a device proves who it is. */
export type ClientAuthorization =
  /** HTTP Basic in UTF-8. */
  | { readonly kind: "basic"; readonly password: string }
  /** OAuth: `token` is called before each request, and may refresh the token. */
  | { readonly kind: "bearer"; readonly token: () => string | Promise<string> }
  /** Anything else: the value of the Authorization header, made before each request. */
  | { readonly kind: "custom"; readonly header: () => string | Promise<string> }
  /** No header: a client certificate, given with the TLS options ([MS-ASHTTP] 2.2.1.1.2.2). */
  | { readonly kind: "none" };

/** The Authorization header's value; undefined for none. Rejects as the given function does. */
export async function authorizationHeader(
  user: string,
  authorization: ClientAuthorization,
): Promise<string | undefined> {
  switch (authorization.kind) {
    case "basic":
      return `Basic ${Buffer.from(`${user}:${authorization.password}`).toString("base64")}`;
    case "bearer":
      return `Bearer ${await authorization.token()}`;
    case "custom":
      return await authorization.header();
    case "none":
      return undefined;
  }
}
