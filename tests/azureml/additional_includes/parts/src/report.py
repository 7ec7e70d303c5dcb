from common.words import greeting

print(greeting("report"))
