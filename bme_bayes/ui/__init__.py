"""The app: one file a page under `pages`; state and charts are pure and apart from widgets."""
