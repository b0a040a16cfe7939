use super::Font;
