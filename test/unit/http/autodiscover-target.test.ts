import { expect, it } from "vitest";
import { autodiscoverTarget } from "../../../src/http/autodiscover-target.js";

it.each([
  ["/autodiscover/autodiscover.xml", { kind: "xml" }],
  ["/Autodiscover/Autodiscover.xml", { kind: "xml" }],
  ["/AUTODISCOVER/AUTODISCOVER.XML/", { kind: "xml" }],
  ["/below/autodiscover/autodiscover.xml", { kind: "xml" }],
  ["/Autodiscover/autodiscover.json", { kind: "json", pathAddress: undefined }],
  ["/autodiscover/autodiscover.json/v1.0/a%40b", { kind: "json", pathAddress: "a%40b" }],
  ["/autodiscover/Autodiscover.JSON/V1.0/a@b", { kind: "json", pathAddress: "a@b" }],
  ["/autodiscover/autodiscover.json/v1.0/a@b/c", undefined],
  ["/autodiscover/autodiscover.json/v1.0", undefined],
  ["/autodiscover/autodiscoverXxml", undefined],
  ["/autodiscover", undefined],
  ["/notautodiscover/autodiscover.xml", undefined],
  ["/", undefined],
])("%s is %o", (path, target) => {
  expect(autodiscoverTarget(path)).toEqual(target);
});
