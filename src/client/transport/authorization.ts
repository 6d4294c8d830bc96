/** How a device proves who it is. */
export type ClientAuthorization =
  /** HTTP Basic in UTF-8. */
  | { readonly kind: "basic"; readonly password: string }
  /** OAuth: `token` is called before each request; `wasRefused` when the server has just refused (401) the one of the request before. */
  | { readonly kind: "bearer"; readonly token: (wasRefused: boolean) => string | Promise<string> }
  /** Anything else: the value of the Authorization header, made as a token is. */
  | { readonly kind: "custom"; readonly header: (wasRefused: boolean) => string | Promise<string> }
  /** No header: a client certificate, given with the TLS options ([MS-ASHTTP] 2.2.1.1.2.2). */
  | { readonly kind: "none" };

/** Whether another try may carry another proof. */
export function canRenew({ kind }: ClientAuthorization): boolean {
  return kind === "bearer" || kind === "custom";
}

/** The Authorization header's value; undefined for none. Rejects as the given function does. */
export async function authorizationHeader(
  user: string,
  authorization: ClientAuthorization,
  wasRefused: boolean,
): Promise<string | undefined> {
  switch (authorization.kind) {
    case "basic":
      return `Basic ${Buffer.from(`${user}:${authorization.password}`).toString("base64")}`;
    case "bearer":
      return `Bearer ${await authorization.token(wasRefused)}`;
    case "custom":
      return await authorization.header(wasRefused);
    case "none":
      return undefined;
  }
}
