import { describe, expect, it } from "vitest";
import { authenticationAttempts } from "../../../src/http/authorization.js";

function attempts(credentials: Buffer | string, scheme = "Basic"): unknown {
  const token = typeof credentials === "string" ? credentials : credentials.toString("base64");
  return authenticationAttempts({ authorization: `${scheme} ${token}` });
}

describe("authenticationAttempts", () => {
  it.each(["alice", "CONTOSO\\alice", "alice@example.org"])("passes the user %s on as it is", (user) => {
    expect(attempts(Buffer.from(`${user}:pass:word`))).toEqual([
      { kind: "basic", user, password: "pass:word" },
    ]);
  });

  it("reads UTF-8 first and Latin-1 second", () => {
    expect(attempts(Buffer.from("jörg:ü"))).toEqual([
      { kind: "basic", user: "jörg", password: "ü" },
      { kind: "basic", user: "jÃ¶rg", password: "Ã¼" },
    ]);
  });

  it("reads what is no UTF-8 as Latin-1 alone", () => {
    expect(attempts(Buffer.from("jörg:ü", "latin1"))).toEqual([
      { kind: "basic", user: "jörg", password: "ü" },
    ]);
  });

  it("reads a bearer token", () => {
    expect(attempts("abc.def-ghi", "bearer")).toEqual([{ kind: "bearer", token: "abc.def-ghi" }]);
  });

  it("takes the scheme in any case", () => {
    expect(attempts(Buffer.from("a:b"), "BASIC")).toEqual([{ kind: "basic", user: "a", password: "b" }]);
  });

  it.each(["Negotiate abc", "Basic", "Basic ", "Basic !!!", "", "garbage"])(
    "finds nothing in %j",
    (value) => {
      expect(authenticationAttempts({ authorization: value })).toEqual([{ kind: "none" }]);
    },
  );

  it("finds nothing without the header", () => {
    expect(authenticationAttempts({})).toEqual([{ kind: "none" }]);
  });
});
