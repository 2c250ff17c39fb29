// For a folder inside of another project, as this one is. A copy needs no such file.
export default { turbopack: { root: import.meta.dirname } };
