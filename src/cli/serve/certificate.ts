import { unwatchFile, watchFile } from "node:fs";
import { createSecureContext } from "node:tls";
import { readOptionFile } from "./option-file.js";
import type { CertificateFiles } from "./settings.js";

/** What a certificate's files hold. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads a certificate and its key. @throws when one cannot be read, or they do not belong together. */
export function readCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
  const certificate = { cert: readOptionFile("--cert", certFile), key: readOptionFile("--key", keyFile) };
  try {
    createSecureContext(certificate);
  } catch (error) {
    throw new Error(`--cert ${certFile}, --key ${keyFile}: ${(error as Error).message}`, { cause: error });
  }
  return certificate;
}

/** Hears of a certificate whose files have changed. */
export interface CertificateListener {
  changed(certificate: Certificate): void;
  /** The files do not belong together, or cannot be read: often one of them is still to be written. */
  failed(error: unknown): void;
}

const EVERY_MS = 5_000;

/**
 * Looks at the files every few seconds: that sees a link that was turned to another file, as certbot and Kubernetes do it, on every
 * file system.
 *
 * @returns how to stop.
 */
export function watchCertificate(
  files: CertificateFiles,
  listener: CertificateListener,
  everyMs: number = EVERY_MS,
): () => void {
  const look = (): void => {
    let certificate: Certificate;
    try {
      certificate = readCertificate(files);
    } catch (error) {
      listener.failed(error);
      return;
    }
    listener.changed(certificate);
  };
  const both = [files.certFile, files.keyFile];
  for (const file of both) watchFile(file, { interval: everyMs, persistent: false }, look);
  return () => {
    for (const file of both) unwatchFile(file, look);
  };
}
