import type { ProtocolVersion } from "../protocol/version.js";

/** What both forms of a query say of a device. */
export interface QueriedDevice {
  readonly user: string;
  readonly deviceId: string;
  readonly deviceType: string;
  readonly version: ProtocolVersion;
}

const codes: ReadonlyMap<string, number> = new Map([
  ["Sync", 0],
  ["SendMail", 1],
  ["SmartForward", 2],
  ["SmartReply", 3],
  ["GetAttachment", 4],
  ["FolderSync", 9],
  ["FolderCreate", 10],
  ["FolderDelete", 11],
  ["FolderUpdate", 12],
  ["MoveItems", 13],
  ["GetItemEstimate", 14],
  ["MeetingResponse", 15],
  ["Search", 16],
  ["Settings", 17],
  ["Ping", 18],
  ["ItemOperations", 19],
  ["Provision", 20],
  ["ResolveRecipients", 21],
  ["ValidateCert", 22],
  ["Find", 23],
]);

/** Whether a command has a code, as the base64 form needs. */
export function hasCode(command: string): boolean {
  return codes.has(command);
}

/** The plain form ([MS-ASHTTP] 2.2.1.1.1.2), parameters in the order of the specification. */
export function plainQuery(command: string, device: QueriedDevice): string {
  const { user, deviceId, deviceType } = device;
  const parameters = { Cmd: command, User: user, DeviceId: deviceId, DeviceType: deviceType };
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
}

/** The base64 form ([MS-ASHTTP] 2.2.1.1.1.1), with the locale 0x0409. Throws a RangeError for a command without a code. */
export function base64Query(
  command: string,
  device: QueriedDevice & { readonly policyKey: number | undefined },
): string {
  const code = codes.get(command);
  if (code === undefined) throw new RangeError(`${command} has no code`);
  const key = Buffer.alloc(device.policyKey === undefined ? 0 : 4);
  if (device.policyKey !== undefined) key.writeUInt32LE(device.policyKey);
  const fields = [
    Buffer.from([Number(device.version.replace(".", "")), code, 0x09, 0x04]),
    lengthAnd(Buffer.from(device.deviceId)),
    lengthAnd(key),
    lengthAnd(Buffer.from(device.deviceType)),
  ];
  return Buffer.concat(fields).toString("base64");
}

function lengthAnd(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}
