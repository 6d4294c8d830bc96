import { expect, test } from "vitest";
import { html } from "../../../../src/cli/status-page/html.js";
import { nameFromNetwork, seconds } from "../../../../src/cli/status-page/wording.js";

test("escapes text for elements and for quoted attributes", () => {
  const nasty = `"><script>alert('x')</script>&`;
  expect(html`<p title="${nasty}">${nasty}</p>`.text).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;">' +
      "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</p>",
  );
});

test("takes HTML of its own as it is, lists piece by piece, and nothing for nothing", () => {
  expect(html`<ul>${["a<b", 1].map((part) => html`<li>${part}</li>`)}${undefined}${false}</ul>`.text).toBe(
    "<ul><li>a&lt;b</li><li>1</li></ul>",
  );
});

test("a name from the network is isolated and cut", () => {
  expect(nameFromNetwork("\u202Eevil<").text).toBe("<bdi>\u202Eevil&lt;</bdi>");
  expect(nameFromNetwork("x".repeat(10_000)).text).toBe(`<bdi>${"x".repeat(120)}…</bdi>`);
  expect(nameFromNetwork("😀".repeat(200)).text).toBe(`<bdi>${"😀".repeat(120)}…</bdi>`);
});

test.each([
  [0, "0s"],
  [0.0504, "50 ms"],
  [2.5, "2.5s"],
  [900, "15m"],
  [3_540, "59m"],
])("%d seconds are written %s", (value, text) => {
  expect(seconds(value)).toBe(text);
});
