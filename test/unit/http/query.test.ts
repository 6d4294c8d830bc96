import { describe, expect, it } from "vitest";
import { type EasQuery, readQuery } from "../../../src/http/query.js";
import { noParameters } from "../../../src/http/query-parameters.js";

function read(query: string): EasQuery {
  const result = readQuery(query);
  if (result.kind !== "query") throw new Error(`${query} gave ${JSON.stringify(result)}`);
  return result.query;
}

const windowsPhoneId = "A81F31E18BC6F962B3674D98788A7C9A";
const asciiId = "ABCDEF0123456789ABCDEF0123456789";

describe("base64 queries of [MS-ASHTTP] and of captures", () => {
  it.each([
    [
      "jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob25l",
      "14.0",
      "Sync",
      "V140DEVICE",
      undefined,
      "SmartPhone",
      undefined,
    ],
    ["jAkHBBCoHzHhi8b5YrNnTZh4inyaBAAAAAACV1A=", "14.0", "FolderSync", windowsPhoneId, 0, "WP", undefined],
    [
      "jBMHBBCoHzHhi8b5YrNnTZh4inyaBAAAAAACV1AHAQI=",
      "14.0",
      "ItemOperations",
      windowsPhoneId,
      0,
      "WP",
      undefined,
    ],
    [
      "jQAJBBBOaW5lNDM4M0FGMzQ2ODYwBAAAAAAHQW5kcm9pZAcBAA==",
      "14.1",
      "Sync",
      "NINE4383AF346860",
      0,
      "Android",
      undefined,
    ],
    [
      "jRIJBBFhbmRyb2lkYzI1OTE0ODk2MAAHQW5kcm9pZA==",
      "14.1",
      "Ping",
      "ANDROIDC259148960",
      undefined,
      "Android",
      undefined,
    ],
    [
      "jRIJBBFhbmRyb2lkYzI1OTE0ODk2MARgSOpNB0FuZHJvaWQ=",
      "14.1",
      "Ping",
      "ANDROIDC259148960",
      1307199584,
      "Android",
      undefined,
    ],
    [
      "oQAHBCBBQkNERUYwMTIzNDU2Nzg5QUJDREVGMDEyMzQ1Njc4OQRZLQTrBmlQaG9uZQgRYWxpY2VAZXhhbXBsZS5vcmc=",
      "16.1",
      "Sync",
      asciiId,
      3942919513,
      "iPhone",
      "alice@example.org",
    ],
    ["eQMJBAhTTU9LRTAwMQQAAAAAAlNQAQE1AwQ1OjEyBwEB", "12.1", "SmartReply", "SMOKE001", 0, "SP", undefined],
    [
      "eQQJBAhTTU9LRTAwMQT/////AlNQAAY1OjEyOjE=",
      "12.1",
      "GetAttachment",
      "SMOKE001",
      4294967295,
      "SP",
      undefined,
    ],
    ["jRMJBAhTTU9LRTAwMQQBAAAAAlNQBwEC", "14.1", "ItemOperations", "SMOKE001", 1, "SP", undefined],
    [
      "oRcAABAAAQIDBAUGBwgJCgsMDQ4PAAdPdXRsb29r",
      "16.1",
      "Find",
      "000102030405060708090A0B0C0D0E0F",
      undefined,
      "Outlook",
      undefined,
    ],
  ])("%s", (query, version, command, deviceId, policyKey, deviceType, user) => {
    const { parameters: _parameters, ...rest } = read(query);
    expect(rest).toEqual({ form: "base64", version, command, deviceId, policyKey, deviceType, user });
  });

  it.each([
    ["an empty device id", "jQAJBAAAAldQ"],
    ["a policy key of two bytes", "jQAJBANhYmMCAQICV1A="],
    ["a truncated device id", "jQAJBANhYg=="],
    ["a parameter longer than the input", "jQAJBANhYmMAAldQAQV4"],
    ["version byte 145", "kRQJBANhYmMAAldQ"],
    [
      "version byte 120: 12.0 must use the plain form",
      Buffer.from("78000904034142430002535 0".replace(" ", ""), "hex").toString("base64"),
    ],
    ["a tag without a length", Buffer.from("8d0009040341424300025350" + "01", "hex").toString("base64")],
    ["a length that no base64 has", "jQAJB"],
    ["characters of no alphabet", "jQAJ!!!!"],
    ["a broken percent sequence", "jQAJ%4"],
  ])("refuses %s", (_, query) => {
    expect(readQuery(query).kind).toBe("malformed");
  });

  it("tells a code that no command has", () => {
    expect(readQuery("jQUJBANhYmMAAldQ")).toEqual({ kind: "unknown-command", code: 5 });
  });

  it("refuses every proper prefix, and never throws", () => {
    const bytes = Buffer.from("jRIJBBFhbmRyb2lkYzI1OTE0ODk2MARgSOpNB0FuZHJvaWQ=", "base64");
    for (let length = 1; length < bytes.length; length += 1) {
      expect(readQuery(bytes.subarray(0, length).toString("base64")).kind).toBe("malformed");
    }
  });

  it.each([
    ["without padding", (query: string) => query.replace(/=+$/, "")],
    ["percent-encoded", (query: string) => encodeURIComponent(query)],
    ["in the alphabet of URLs", (query: string) => query.replace(/\+/g, "-").replace(/\//g, "_")],
  ])("is read %s", (_, change) => {
    const query = "eQQJBAhTTU9LRTAwMQT/////AlNQAAY1OjEyOjE=";
    expect(read(change(query))).toEqual(read(query));
  });

  it("takes a plus sign for itself", () => {
    const bytes = Buffer.from(
      "8d120904" + "10" + "00fbefbefbefbefbefbefbefbefbefbe" + "00" + "025350",
      "hex",
    );
    const query = bytes.toString("base64");
    expect(query).toContain("+");
    expect(read(query).deviceId).toBe("00FBEFBEFBEFBEFBEFBEFBEFBEFBEFBE");
  });

  it("skips unknown parameters", () => {
    const bytes = Buffer.from(`8d120904034142430002535099${"02"}ffff0803626f62`, "hex");
    expect(read(bytes.toString("base64")).user).toBe("bob");
  });
});

describe("plain queries", () => {
  it("are read in the order of the specification", () => {
    expect(read("Cmd=Sync&User=rmjones&DeviceId=v140Device&DeviceType=SmartPhone")).toEqual({
      form: "plain",
      command: "Sync",
      user: "rmjones",
      deviceId: "V140DEVICE",
      deviceType: "SmartPhone",
      version: undefined,
      policyKey: undefined,
      parameters: noParameters,
    });
  });

  it("are read in any order and with names in any case", () => {
    const query = read("user=DOMAIN%5Calice&DeviceID=j95cmdo6sh45&DEVICETYPE=i%20Phone&cmd=Ping");
    expect(query).toMatchObject({
      command: "Ping",
      user: "DOMAIN\\alice",
      deviceId: "J95CMDO6SH45",
      deviceType: "i Phone",
    });
  });

  it("keep a raw at sign and a plus sign", () => {
    expect(read("Cmd=Ping&User=a+b@example.org&DeviceId=x&DeviceType=y").user).toBe("a+b@example.org");
  });

  it("are read as Latin-1 where they are no UTF-8", () => {
    expect(read("Cmd=Ping&User=J%F6rg&DeviceId=x&DeviceType=y").user).toBe("Jörg");
    expect(read("Cmd=Ping&User=J%C3%B6rg&DeviceId=x&DeviceType=y").user).toBe("Jörg");
  });

  it("give one device whichever form its id comes in", () => {
    const plain = read(`Cmd=Ping&User=u&DeviceId=${windowsPhoneId.toLowerCase()}&DeviceType=WP`);
    expect(plain.deviceId).toBe(read("jAkHBBCoHzHhi8b5YrNnTZh4inyaBAAAAAACV1A=").deviceId);
    const nine = read("Cmd=Ping&User=u&DeviceId=Nine4383AF346860&DeviceType=Android");
    expect(nine.deviceId).toBe(read("jQAJBBBOaW5lNDM4M0FGMzQ2ODYwBAAAAAAHQW5kcm9pZAcBAA==").deviceId);
  });

  it.each(["", "a,b", "a/b", "a b", "x".repeat(65), "ä"])("have no device id in %j", (id) => {
    expect(read(`Cmd=Ping&DeviceId=${encodeURIComponent(id)}&DeviceType=y`).deviceId).toBeUndefined();
  });

  it.each(["a", "x".repeat(64), "home-made_1.0"])("have a device id in %j", (id) => {
    expect(read(`Cmd=Ping&DeviceId=${id}&DeviceType=y`).deviceId).toBe(id.toUpperCase());
  });

  it.each(["", "Cmd=", "User=a&DeviceId=b&DeviceType=c", "User=a"])(
    "are malformed without a command: %j",
    (query) => {
      expect(readQuery(query).kind).toBe("malformed");
    },
  );
});

describe("parameters of commands", () => {
  it("are shared by queries without any", () => {
    expect(read("jRIJBBFhbmRyb2lkYzI1OTE0ODk2MAAHQW5kcm9pZA==").parameters).toBe(noParameters);
    expect(read("Cmd=Ping&User=u&DeviceId=x&DeviceType=y").parameters).toBe(noParameters);
  });

  it("are read from the base64 form", () => {
    expect(read("eQMJBAhTTU9LRTAwMQQAAAAAAlNQAQE1AwQ1OjEyBwEB").parameters).toEqual({
      ...noParameters,
      collectionId: "5",
      itemId: "5:12",
      saveInSent: true,
    });
    expect(read("eQQJBAhTTU9LRTAwMQT/////AlNQAAY1OjEyOjE=").parameters).toEqual({
      ...noParameters,
      attachmentName: "5:12:1",
    });
    expect(read("jRMJBAhTTU9LRTAwMQQBAAAAAlNQBwEC").parameters).toEqual({
      ...noParameters,
      acceptMultiPart: true,
    });
  });

  it("are read from the plain form, in any case", () => {
    const query =
      "Cmd=SmartForward&DeviceId=x&DeviceType=y&collectionid=5&ItemId=5%3A12&LongId=l&Occurrence=o&SaveInSent=t&AttachmentName=a%20b";
    expect(read(query).parameters).toEqual({
      attachmentName: "a b",
      collectionId: "5",
      itemId: "5:12",
      longId: "l",
      occurrence: "o",
      saveInSent: true,
      acceptMultiPart: false,
    });
  });

  it.each(["F", "", "true"])("do not save for SaveInSent=%s", (value) => {
    const query = `Cmd=SendMail&DeviceId=x&DeviceType=y&SaveInSent=${value}`;
    expect(read(query).parameters.saveInSent).toBe(false);
  });
});
