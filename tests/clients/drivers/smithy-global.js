import { handler } from "../recipes/smithy-global.js";
import { sending } from "../support/smithy.js";

export const { read, write } = sending(handler);
