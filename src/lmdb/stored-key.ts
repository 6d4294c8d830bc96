/**
 * Bytes under which a key of a StateStore is stored. What is kept of a device stands together there: a key of `stateKey`, which is
 * `kind/user/device/...`, is stored as `user/device/kind/...`.
 */
export function storedKey(key: string): Buffer {
  const device = deviceOf(key);
  if (device === undefined) return withMark(otherMark, key);
  const kind = key.slice(0, key.indexOf("/"));
  return withMark(deviceMark, `${device}/${kind}${key.slice(kind.length + 1 + device.length)}`);
}

/** The part of a key of `stateKey` that names the device of a user; undefined for keys of any other form. */
export function deviceOf(key: string): string | undefined {
  const user = key.indexOf("/") + 1;
  const deviceId = user === 0 ? 0 : key.indexOf("/", user) + 1;
  if (deviceId === 0 || loneSurrogate.test(key)) return undefined;
  const rest = key.indexOf("/", deviceId);
  return rest === -1 ? key.slice(user) : key.slice(user, rest);
}

/** The stored keys of a device are from `start` on and before `end`. */
export function storedKeysOf(device: string): { readonly start: Buffer; readonly end: Buffer } {
  // "0" comes right after "/".
  return { start: withMark(deviceMark, `${device}/`), end: withMark(deviceMark, `${device}0`) };
}

/** Under which it is noted when a device was last seen. */
export function seenKey(device: string): Buffer {
  return withMark(deviceMark, device);
}

/** The device that {@link seenKey} made the key of. */
export function deviceOfSeenKey(key: Uint8Array): string {
  return Buffer.from(key.subarray(1)).toString();
}

// In front of each key: they keep the forms apart, and LMDB takes no empty key.
const deviceMark = "d";
const otherMark = "k";
const unpairedMark = "u";

const loneSurrogate = /\p{Surrogate}/u;

/** UTF-8, but for text that it cannot tell apart. */
function withMark(mark: string, text: string): Buffer {
  if (loneSurrogate.test(text))
    return Buffer.concat([Buffer.from(unpairedMark), Buffer.from(text, "utf16le")]);
  return Buffer.from(mark + text);
}
