import { expect, test } from "vitest";
import { isOurHost } from "../../../../src/cli/status-page/host-check.js";

test.each([
  "127.0.0.1:9100",
  "192.0.2.7",
  "[::1]:9100",
  "[2001:db8::1]",
  "localhost:9100",
  "LOCALHOST",
  "localhost.:9100",
  "status.localhost",
  "mail.example.com:9100",
])("%s is ours", (host) => {
  expect(isOurHost(host, ["mail.example.com"])).toBe(true);
});

test.each([
  undefined,
  "",
  "evil.example",
  "evil.example:9100",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "[evil.example]:9100",
  "[127.0.0.1]",
  "mail.example.com.evil.example",
  "127.0.0.1:9100:80",
  "127.0.0.1:123456",
])("%s is not", (host) => {
  expect(isOurHost(host, ["mail.example.com"])).toBe(false);
});
