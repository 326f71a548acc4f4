"""Speed and memory, measured over real HTTP. `./dev bench` prints them; nothing here is a test."""
