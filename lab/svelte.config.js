/** TypeScript in components is erased, not compiled: nothing to prepare. */
export default { compilerOptions: { runes: true } };
