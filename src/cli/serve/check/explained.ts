/** What went wrong, for the operator, with each cause that says more. */
export function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (meetsNoTls(error))
    return "what answers there speaks no TLS at first: imap:// and smtp:// are for STARTTLS";
  if (error.cause === undefined) return error.message;
  const cause = explained(error.cause);
  return error.message.includes(cause) ? error.message : `${error.message} (${cause})`;
}

/** OpenSSL reads a greeting in the clear as TLS of a version, or of a length, that there is not. */
function meetsNoTls(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") return true;
  return error.cause instanceof Error && meetsNoTls(error.cause);
}
