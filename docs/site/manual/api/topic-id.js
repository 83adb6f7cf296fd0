/**
 * The anchor of a topic on the page of its package, whose README may have a heading of the same name.
 *
 * @param {string} title
 */
export function topicId(title) {
  return `api-${title.toLowerCase().replaceAll(' ', '-')}`;
}
