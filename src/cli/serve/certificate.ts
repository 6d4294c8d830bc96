import { createSecureContext } from "node:tls";
import { digestOf } from "../../state/digest-of.js";
import { readOptionFile } from "./option-file.js";
import type { CertificateFiles } from "./settings.js";

/** What a certificate's files hold. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads a certificate and its key. @throws when one cannot be read, or they do not belong together. */
export function readCertificate(files: CertificateFiles): Certificate {
  const certificate = readFiles(files);
  assertPair(certificate, files);
  return certificate;
}

function readFiles({ certFile, keyFile }: CertificateFiles): Certificate {
  return { cert: readOptionFile("--cert", certFile), key: readOptionFile("--key", keyFile) };
}

function assertPair(certificate: Certificate, { certFile, keyFile }: CertificateFiles): void {
  try {
    createSecureContext(certificate);
  } catch (error) {
    throw new Error(`--cert ${certFile}, --key ${keyFile}: ${(error as Error).message}`, { cause: error });
  }
}

/** Hears of a certificate whose files have changed. */
export interface CertificateListener {
  changed(certificate: Certificate): void;
  /** The files do not belong together, or cannot be read: often one of them is still to be written. */
  failed(error: unknown): void;
}

const EVERY_MS = 5_000;

/**
 * Reads the files every few seconds, and compares what they hold with what they held: that sees a link that was turned to another file, as certbot and Kubernetes
 * do it, on every file system, and what was changed while the server started.
 *
 * @param present what is used now.
 * @returns how to stop.
 */
export function watchCertificate(
  files: CertificateFiles,
  present: Certificate,
  listener: CertificateListener,
  everyMs: number = EVERY_MS,
): () => void {
  let seen = textOf(present);
  const look = (): void => {
    const looked = lookAt(files);
    if (looked.text === seen) return;
    seen = looked.text;
    if (looked.kind === "certificate") listener.changed(looked.certificate);
    else listener.failed(looked.error);
  };
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}

/** What the files are: `text` is the same as long as they are. */
type Looked = { readonly text: string } & (
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  | { readonly kind: "failure"; readonly error: unknown }
);

function lookAt(files: CertificateFiles): Looked {
  let text: string | undefined;
  try {
    const certificate = readFiles(files);
    text = textOf(certificate);
    assertPair(certificate, files);
    return { kind: "certificate", text, certificate };
  } catch (error) {
    return { kind: "failure", text: text ?? String(error), error };
  }
}

/** A digest, so that no second copy of the key is kept. */
function textOf({ cert, key }: Certificate): string {
  return digestOf([cert.toString("latin1"), key.toString("latin1")]);
}
