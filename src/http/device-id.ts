const idText = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * The one form of a device id, whichever form of query it came in: upper case. Clients are liberal with what
 * [MS-ASHTTP] 2.2.1.1.1.2.4 allows (1 to 32 letters and digits), so 1 to 64 of `A-Z a-z 0-9 _ . -` are taken.
 *
 * @returns undefined for anything else.
 */
export function canonicalDeviceId(id: string): string | undefined {
  return idText.test(id) ? id.toUpperCase() : undefined;
}

/**
 * The one form of the device id of a base64 query ([MS-ASHTTP] 2.2.1.1.1.1.3): bytes that are an id's text are that text,
 * others (the GUID of a Windows Phone, whose plain id is the same in hex) are written in hex.
 *
 * @returns undefined when it is empty or too long.
 */
export function canonicalDeviceIdOfBytes(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString("latin1");
  return canonicalDeviceId(idText.test(text) ? text : Buffer.from(bytes).toString("hex"));
}

/** The id that Android sends while it checks an account; nothing may be stored for it. */
export const probeDeviceId = "VALIDATE";
