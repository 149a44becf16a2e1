"""An answer to what a platform shows: pure functions, one module a platform, one `render` each."""
