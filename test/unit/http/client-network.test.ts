import { describe, expect, it } from "vitest";
import { clientAddress, clientNetwork, trustedProxies } from "../../../src/http/client-network.js";

const none = trustedProxies([]);

describe("the network of an address", () => {
  it.each([
    ["192.0.2.77", "192.0.2.0/24"],
    ["::ffff:192.0.2.77", "192.0.2.0/24"],
    ["2001:db8:12:3456::1", "2001:db8:12::/48"],
    ["2001:0DB8:0012:3456:0:0:0:1", "2001:db8:12::/48"],
    ["2001:db8::1", "2001:db8:0::/48"],
    ["::1", "0:0:0::/48"],
    ["fe80::1%eth0", "fe80:0:0::/48"],
    ["64:ff9b::192.0.2.33", "64:ff9b:0::/48"],
    ["/run/proxy.sock", undefined],
    [undefined, undefined],
  ])("of %s is %s", (address, network) => {
    expect(clientNetwork(address, {}, none)).toBe(network);
  });
});

describe("behind a proxy", () => {
  const proxies = trustedProxies(["10.0.0.0/8", "fd00::/8", "192.0.2.1"]);
  const from = (remote: string | undefined, forwarded?: string | readonly string[]) =>
    clientNetwork(remote, { "x-forwarded-for": forwarded }, proxies);

  it("is what the proxy says", () => {
    expect(from("10.1.2.3", "203.0.113.9")).toBe("203.0.113.0/24");
    expect(from("192.0.2.1", "2001:db8:1:2::3")).toBe("2001:db8:1::/48");
    expect(from("::ffff:10.1.2.3", "203.0.113.9:4711")).toBe("203.0.113.0/24");
    expect(from("fd00::5", "[2001:db8:1::3]:4711")).toBe("2001:db8:1::/48");
  });

  it("is the last hop that is no proxy's: what a phone sends itself is not believed", () => {
    expect(from("10.1.2.3", "198.51.100.1, 203.0.113.9, 10.9.9.9")).toBe("203.0.113.0/24");
    expect(from("10.1.2.3", ["198.51.100.1", "203.0.113.9"])).toBe("203.0.113.0/24");
  });

  it("is not believed from anybody else", () => {
    expect(from("203.0.113.9", "198.51.100.1")).toBe("203.0.113.0/24");
  });

  it("is the proxy itself where it does not tell", () => {
    expect(from("10.1.2.3")).toBe("10.1.2.0/24");
    expect(from("10.1.2.3", "unknown")).toBe("10.1.2.0/24");
    expect(from("10.1.2.3", "10.4.4.4")).toBe("10.4.4.0/24");
    expect(from(undefined)).toBeUndefined();
  });
});

describe("a list of proxies", () => {
  it.each(["10.0.0.0/33", "10.0.0.0/8/8", "proxy.example.com", "", "10.0.0.0/", "fd00::/129", "10.0.0.0/-1"])(
    "with %j is refused when given",
    (entry) => {
      expect(() => trustedProxies([entry])).toThrowError(
        expect.objectContaining({
          code: "ERR_OPTION_INVALID",
          message: expect.stringContaining("trustedProxies"),
        }),
      );
    },
  );
});

it("the address itself is told in the same way", () => {
  const proxies = trustedProxies(["10.0.0.0/8"]);
  const headers = { "x-forwarded-for": "203.0.113.9, 192.0.2.7:4711, 10.0.0.2" };
  expect(clientAddress("10.0.0.1", headers, proxies)).toBe("192.0.2.7");
  expect(clientAddress("198.51.100.1", headers, proxies)).toBe("198.51.100.1");
  expect(clientAddress("::ffff:10.0.0.1", {}, proxies)).toBe("10.0.0.1");
  expect(clientAddress("10.0.0.1", { "x-forwarded-for": "unknown" }, proxies)).toBe("10.0.0.1");
  expect(clientAddress(undefined, {}, proxies)).toBeUndefined();
});
