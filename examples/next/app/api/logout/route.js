import { spend } from "../tokens.js";

export async function POST(request) {
  spend((await request.json()).token);
  return new Response(null, { status: 204 });
}
