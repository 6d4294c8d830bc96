import { describe, expect, it } from "vitest";
import {
  acceptsMultiPart,
  contentLength,
  header,
  isMessageContentType,
  isWbxmlContentType,
  policyKeyHeader,
} from "../../../src/http/headers.js";

describe("header", () => {
  it("gives the first value, trimmed", () => {
    expect(header({ a: " x " }, "a")).toBe("x");
    expect(header({ a: ["x", "y"] }, "a")).toBe("x");
    expect(header({ a: " " }, "a")).toBeUndefined();
    expect(header({}, "a")).toBeUndefined();
  });
});

describe("isWbxmlContentType", () => {
  it.each([
    "application/vnd.ms-sync.wbxml",
    "application/vnd.ms-sync",
    "Application/VND.MS-Sync.WBXML",
    "application/vnd.ms-sync.wbxml; charset=utf-8",
  ])("takes %s", (type) => {
    expect(isWbxmlContentType({ "content-type": type })).toBe(true);
  });

  it.each(["text/xml", "application/octet-stream", "message/rfc822", "application/vnd.ms-sync.multipart"])(
    "refuses %s",
    (type) => {
      expect(isWbxmlContentType({ "content-type": type })).toBe(false);
    },
  );

  it("takes a missing header for WBXML", () => {
    expect(isWbxmlContentType({})).toBe(true);
  });
});

describe("policyKeyHeader", () => {
  it.each([
    ["0", 0],
    ["3942919513", 3942919513],
    ["4294967295", 4294967295],
    ["4294967296", undefined],
    ["-1", undefined],
    ["0x1", undefined],
    ["", undefined],
  ])("reads %j as %s", (value, key) => {
    expect(policyKeyHeader({ "x-ms-policykey": value })).toBe(key);
  });
});

describe("contentLength", () => {
  it("reads a number and nothing else", () => {
    expect(contentLength({ "content-length": "12" })).toBe(12);
    expect(contentLength({ "content-length": "1e3" })).toBeUndefined();
    expect(contentLength({})).toBeUndefined();
  });
});

describe("isMessageContentType", () => {
  it("takes a message, in any case and with parameters, and a missing header", () => {
    expect(isMessageContentType({ "content-type": "Message/RFC822; charset=utf-8" })).toBe(true);
    expect(isMessageContentType({})).toBe(true);
  });

  it.each(["text/plain", "application/vnd.ms-sync.wbxml"])("refuses %s", (type) => {
    expect(isMessageContentType({ "content-type": type })).toBe(false);
  });
});

describe("acceptsMultiPart", () => {
  it("is said by T alone", () => {
    expect(acceptsMultiPart({ "ms-asacceptmultipart": "T" })).toBe(true);
    expect(acceptsMultiPart({ "ms-asacceptmultipart": "F" })).toBe(false);
    expect(acceptsMultiPart({})).toBe(false);
  });
});
