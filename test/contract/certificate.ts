import { generate } from "selfsigned";

/** A key and a certificate for 127.0.0.1, made anew. */
export async function certificate(): Promise<{ readonly key: string; readonly cert: string }> {
  const made = await generate([{ name: "commonName", value: "localhost" }], { keyType: "ec" });
  return { key: made.private, cert: made.cert };
}
