import { canonicalDeviceIdOfBytes } from "./device-id.js";
import type { EasQuery, QueryResult } from "./query.js";
import { base64QueryParameters, noParameters } from "./query-parameters.js";

/** Command names by their code ([MS-ASHTTP] 2.2.1.1.1.1.2); 5 to 8 are not assigned. */
const commandNames: ReadonlyMap<number, string> = new Map([
  [0, "Sync"],
  [1, "SendMail"],
  [2, "SmartForward"],
  [3, "SmartReply"],
  [4, "GetAttachment"],
  [9, "FolderSync"],
  [10, "FolderCreate"],
  [11, "FolderDelete"],
  [12, "FolderUpdate"],
  [13, "MoveItems"],
  [14, "GetItemEstimate"],
  [15, "MeetingResponse"],
  [16, "Search"],
  [17, "Settings"],
  [18, "Ping"],
  [19, "ItemOperations"],
  [20, "Provision"],
  [21, "ResolveRecipients"],
  [22, "ValidateCert"],
  [23, "Find"],
]);

/** Versions that may use this form; 2.5 and 12.0 must not. */
const versionNames: ReadonlyMap<number, string> = new Map([
  [121, "12.1"],
  [140, "14.0"],
  [141, "14.1"],
  [160, "16.0"],
  [161, "16.1"],
]);

const userTag = 8;

/**
 * Reads a base64 query ([MS-ASHTTP] 2.2.1.1.1.1). Both alphabets are understood, padding may be missing, and the characters may be
 * percent-encoded.
 */
export function readBase64Query(query: string): QueryResult {
  const bytes = decodeBase64(query);
  if (bytes === undefined) return { kind: "malformed", reason: "the query is neither plain nor base64" };
  try {
    return readFields(new FieldReader(bytes));
  } catch (error) {
    if (error instanceof RangeError) return { kind: "malformed", reason: error.message };
    throw error;
  }
}

function readFields(fields: FieldReader): QueryResult {
  const versionByte = fields.byte();
  const version = versionNames.get(versionByte);
  if (version === undefined) return { kind: "malformed", reason: `version byte ${versionByte}` };
  const code = fields.byte();
  fields.take(2); // the locale, which nothing here depends on
  const idBytes = fields.take(fields.byte());
  if (idBytes.length === 0) return { kind: "malformed", reason: "the device id is empty" };
  const keyLength = fields.byte();
  if (keyLength !== 0 && keyLength !== 4)
    return { kind: "malformed", reason: `policy key of ${keyLength} bytes` };
  const policyKey = keyLength === 0 ? undefined : fields.take(4).readUInt32LE(0);
  const deviceType = fields.text(fields.byte()) || undefined;
  const sent = fields.atEnd ? undefined : readParameters(fields);
  const user = sent?.get(userTag)?.toString("utf8");
  const parameters = sent === undefined ? noParameters : base64QueryParameters(sent);
  const command = commandNames.get(code);
  if (command === undefined) return { kind: "unknown-command", code };
  const deviceId = canonicalDeviceIdOfBytes(idBytes);
  const read: EasQuery = {
    form: "base64",
    command,
    deviceId,
    deviceType,
    user,
    version,
    policyKey,
    parameters,
  };
  return { kind: "query", query: read };
}

/** The command parameters by their tags; those of tags that nobody knows are harmless. */
function readParameters(fields: FieldReader): ReadonlyMap<number, Buffer> {
  const parameters = new Map<number, Buffer>();
  while (!fields.atEnd) {
    const tag = fields.byte();
    parameters.set(tag, fields.take(fields.byte()));
  }
  return parameters;
}

function decodeBase64(query: string): Buffer | undefined {
  let text = query;
  try {
    text = decodeURIComponent(query);
  } catch {
    return undefined;
  }
  const digits = text.replace(/-/g, "+").replace(/_/g, "/").replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/]+$/.test(digits) || digits.length % 4 === 1) return undefined;
  return Buffer.from(digits, "base64");
}

/** Takes fields off the front; throws a RangeError when the input ends inside one. */
class FieldReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  byte(): number {
    return this.take(1).readUInt8(0);
  }

  text(length: number): string {
    return this.take(length).toString("utf8");
  }

  take(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length)
      throw new RangeError(`the query ends inside the field at byte ${this.#offset}`);
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }
}
