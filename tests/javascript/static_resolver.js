// `../web/money.js`, imported by a file of `lot_page/static/`, means `../../web/static/money.js` on disk.

const OTHER_FOLDER = /^\.\.\/(\w+)\/(\w+\.js)$/;

export function resolve(specifier, context, next) {
  const isStatic = context.parentURL?.includes("/static/") ?? false;
  const path = isStatic ? specifier.replace(OTHER_FOLDER, "../../$1/static/$2") : specifier;
  return next(path, context);
}
