import { isProtocolVersion, type ProtocolVersion, protocolVersions } from "../../protocol/version.js";

/** The values of a header such as MS-ASProtocolVersions; none when it is missing. */
export function listed(header: string | undefined): readonly string[] {
  const values = (header ?? "").split(",").map((value) => value.trim());
  return values.filter((value) => value !== "");
}

/** The highest version that both sides know ([MS-ASHTTP] 3.1.3), whatever the order of the lists. */
export function highestCommon(
  known: readonly ProtocolVersion[],
  offered: readonly string[],
): ProtocolVersion | undefined {
  const common = offered.filter(isProtocolVersion).filter((version) => known.includes(version));
  return protocolVersions.findLast((version) => common.includes(version));
}
