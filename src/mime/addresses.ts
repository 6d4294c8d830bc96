import type { Address } from "postal-mime";

/** Header text of addresses: `"Name" <user@host>` with commas between; groups are flattened. */
export function addressText(
  addresses: readonly Address[] | undefined,
  separator: ", " | "; " = ", ",
): string {
  return flattened(addresses).map(oneAddress).join(separator);
}

/** What to show for addresses: the names, or the addresses of those without one, with semicolons between. */
export function displayText(addresses: readonly Address[] | undefined): string {
  return flattened(addresses)
    .map(({ name, address }) => (name === "" ? address : name).replaceAll(";", ","))
    .join("; ");
}

interface OneAddress {
  readonly name: string;
  readonly address: string;
}

function flattened(addresses: readonly Address[] = []): OneAddress[] {
  return addresses
    .flatMap((address): OneAddress[] =>
      address.group === undefined
        ? [{ name: address.name ?? "", address: address.address ?? "" }]
        : address.group,
    )
    .filter(({ name, address }) => name !== "" || address !== "");
}

function oneAddress({ name, address }: OneAddress): string {
  const shown = name.replaceAll(/[\r\n\t ]+/g, " ").trim();
  if (shown === "" || shown === address) return address;
  const quoted = `"${shown.replaceAll(/(["\\])/g, "\\$1")}"`;
  return address === "" ? quoted : `${quoted} <${address}>`;
}
