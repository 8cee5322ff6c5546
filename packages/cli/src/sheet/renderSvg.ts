import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

/** Draws SVG as PNG. Fonts come along, so the picture is the same everywhere. */
export function renderSvg(svg: string): Uint8Array {
  const require = createRequire(import.meta.url);
  const fontFiles = [
    require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
    require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
  ];
  const drawing = new Resvg(svg, {
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' },
  });
  return drawing.render().asPng();
}
