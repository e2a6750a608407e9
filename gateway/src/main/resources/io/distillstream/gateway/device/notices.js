// What keeps the page from doing all that it could, each in a sentence or two and with the way out.

const code = (text) => ({ code: text });

const NOTICES = {
  insecure: {
    kind: "bad",
    title: "This browser verifies signatures on secure pages alone",
    text: ["Open the page at ", code("https://"), " behind a proxy with a certificate, or at ",
      code("http://127.0.0.1"), " on the gateway's own machine."],
  },
  "no-ed25519": {
    kind: "bad",
    title: "This browser cannot verify Ed25519 signatures",
    text: ["Chrome and Edge can from version 137 on, Firefox from 129, Safari from 17."],
  },
  "no-runtime": {
    kind: "hint",
    title: "Updates are followed and verified; to answer texts, the gateway needs ONNX Runtime for browsers",
    text: ["Fetch it once with ", code("npm pack onnxruntime-web"), ", unpack it, and name its folder ",
      code("dist"), " in the setting ", code("gateway.browser-runtime"), "."],
  },
  unsigned: {
    kind: "bad",
    title: "This gateway's updates are not signed",
    text: ["A browser takes signed updates alone. Make keys with ",
      code("./distillstream keys init"), " and start a signer."],
  },
  "wrong-root": {
    kind: "bad",
    title: "The gateway's root is not the one that the address names",
    text: ["Nothing is taken from it. Compare the address with what the pipeline's operator gave you."],
  },
  "other-root": {
    kind: "bad",
    title: "The address names another root than this browser trusts",
    text: ["If the pipeline was set up anew and the address is from its operator, forget the old root:"
      + " its models go with it. If not, keep it and leave the address alone."],
  },
};

/** A notice as an element. */
export function notice(name, detail) {
  const { kind, title, text } = NOTICES[name];
  return element(kind, title, detail ? [detail, " ", ...text] : text);
}

/** What went wrong in words of its own. */
export const trouble = (title, reason) => element("bad", title, [reason]);

function element(kind, title, parts) {
  const box = document.createElement("div");
  box.className = "notice";
  box.dataset.kind = kind;
  const heading = document.createElement("b");
  heading.textContent = title;
  const paragraph = document.createElement("p");
  for (const part of parts) {
    const node = document.createElement(part.code ? "code" : "span");
    node.textContent = part.code ?? part;
    paragraph.append(node);
  }
  box.append(heading, paragraph);
  return box;
}
