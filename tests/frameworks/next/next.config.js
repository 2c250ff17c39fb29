// One origin for the page and for the server that the test starts.
const { SERVER } = process.env;

export default {
  rewrites: async () => ["/api/:path*", "/token"].map((source) => ({ source, destination: SERVER + source })),
};
