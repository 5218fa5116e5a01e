"""Self-contained HTML pages: reports on runs, and the label graph explorer."""
