print("wrangled")
