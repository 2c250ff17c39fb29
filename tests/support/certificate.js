// A key and a certificate that signs itself, for a server on loopback: what Node has no maker for. Browsers have to be
// told to take it. X.509, RFC 5280, section 4.1, in DER; it lives for a month, and nothing of it is kept.

import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

const DAY = 86_400_000; // ms
const SEQUENCE = 0x30;
const SET = 0x31;

function der(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  // DER takes the shortest form alone.
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts) => der(SEQUENCE, ...parts);
const integer = (bytes) => der(0x02, bytes);
/** Of 2000 to 2049. */
const utcTime = (ms) => der(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replaceAll(/\D/g, "")}Z`));
/** An object identifier, by its content. */
const oid = (hex) => der(0x06, Buffer.from(hex, "hex"));
const explicit = (number, part) => der(0xa0 + number, part);

const COMMON_NAME = oid("550403");
const SUBJECT_ALT_NAME = oid("551d11");
const ECDSA_WITH_SHA256 = sequence(oid("2a8648ce3d040302"));

const pem = (label, bytes) =>
  `-----BEGIN ${label}-----\n${bytes.toString("base64").replaceAll(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;

/** `{ key, cert }` as Node's servers take them, for this IPv4 address. */
export function selfSigned(address) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(der(SET, sequence(COMMON_NAME, der(0x0c, Buffer.from(address)))));
  const ip = der(0x87, Buffer.from(address.split(".").map(Number)));
  const signed = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.from([1, ...randomBytes(8)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(utcTime(Date.now() - DAY), utcTime(Date.now() + 30 * DAY)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, sequence(ip))))),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", signed, privateKey));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    cert: pem("CERTIFICATE", sequence(signed, ECDSA_WITH_SHA256, signature)),
  };
}
