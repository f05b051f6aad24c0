/**
 * Script for a browser: lists what sticks out of the page, has too little contrast (WCAG AA), or is a field without a
 * label. A text, since the types of the browser are not those of this project.
 */
export const UNREADABLE = `(() => {
  const root = document.documentElement
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const luminance = (color) => {
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const groundOf = (element) => {
    if (element === null) return 'white'
    const { backgroundColor } = getComputedStyle(element)
    return backgroundColor === 'rgba(0, 0, 0, 0)' ? groundOf(element.parentElement) : backgroundColor
  }
  const contrast = (element) => {
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))]
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
  }
  const texts = [...document.querySelectorAll('h1, h2, p, a, label, button, th, td, li')]
  return [
    ...(root.scrollWidth > root.clientWidth ? ['sticks out by ' + (root.scrollWidth - root.clientWidth)] : []),
    ...texts.filter((text) => contrast(text) < 4.5).map((text) => text.tagName + ' ' + contrast(text).toFixed(1)),
    ...[...document.querySelectorAll('input:not([type=hidden])')]
      .filter((input) => input.labels.length !== 1)
      .map((input) => input.id + ' has no label'),
  ]
})()`
