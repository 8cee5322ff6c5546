/** What each package may import. Data flows one way. */
const may = {
  random: [],
  mixing: ['random'],
  datasets: ['random'],
  models: [],
  losses: [],
  backends: [],
  trainer: ['random', 'mixing', 'datasets', 'losses', 'backends'],
  cli: ['random', 'mixing', 'datasets', 'losses', 'backends', 'trainer', 'models'],
};

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(may).map(([name, list]) => ({
      name: `${name} may import only: ${list.join(', ') || 'no sibling'}`,
      severity: 'error',
      from: { path: `^packages/${name}/`, pathNot: '(\\.test\\.ts$|/src/testing/)' },
      to: { path: '^packages/', pathNot: `^packages/(${[name, ...list].join('|')})/` },
    })),
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'dist'] },
    exclude: { path: ['/dist/', '/assembly/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@bcl/source', 'import', 'types', 'default'],
    },
  },
};
