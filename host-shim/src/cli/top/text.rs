//! A picture as lines of text.

use ratatui::buffer::Buffer;

/// The cells of a buffer, without their colours and without blanks at the ends of lines.
pub fn as_text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut text = String::new();
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        for x in area.left()..area.right() {
            line.push_str(buffer.cell((x, y)).map_or(" ", |cell| cell.symbol()));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
