import { basic, ShapedDevice, type Site, user } from "./line.js";

/** As iOS 17 and 18 send it: the command last, a policy key with everything but Ping, an id of 26 letters and digits. */
export function iphone(on: Site, headers: Readonly<Record<string, string | undefined>> = {}): ShapedDevice {
  return new ShapedDevice(on, {
    query: (command) =>
      `User=${encodeURIComponent(user)}&DeviceId=j95cmdo6sh45veof6dm6j3futk&DeviceType=iPhone&Cmd=${command}`,
    headers: {
      accept: "*/*",
      "accept-encoding": "gzip, deflate, br",
      "accept-language": "en-us",
      authorization: basic(user),
      connection: "keep-alive",
      "ms-asprotocolversion": "16.1",
      "user-agent": "Apple-iPhone11C8/2107.93",
      "x-ms-policykey": "0",
      ...headers,
    },
  });
}
