import { describe, expect, it } from "vitest";
import { isEndpoint, splitTarget } from "../../../src/http/endpoint.js";

describe("splitTarget", () => {
  it.each([
    ["/a/b?c=d?e", "/a/b", "c=d?e"],
    ["/a", "/a", ""],
    ["https://mail.example.org/a?b", "/a", "b"],
    ["http://mail.example.org:8080?b", "", "b"],
  ])("cuts %s", (url, path, query) => {
    expect(splitTarget(url)).toEqual({ path, query });
  });
});

describe("isEndpoint", () => {
  it.each([
    "/Microsoft-Server-ActiveSync",
    "/microsoft-server-activesync",
    "/Microsoft-Server-ActiveSync/",
    "/mail/eas/Microsoft-Server-ActiveSync",
  ])("knows %s", (path) => {
    expect(isEndpoint(path)).toBe(true);
  });

  it.each([
    "/",
    "",
    "/Microsoft-Server-ActiveSync/x",
    "/NotMicrosoft-Server-ActiveSyncs",
    "/xMicrosoft-Server-ActiveSync",
  ])("does not know %j", (path) => {
    expect(isEndpoint(path)).toBe(false);
  });
});
