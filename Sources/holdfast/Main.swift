// The command's entry.

@main
enum Main {
    static func main() {}
}
