export default {
  kit: {
    files: { hooks: { client: "../recipes/sveltekit" } },
    outDir: "../../../target/sveltekit",
  },
};
