"""简体中文: the sites' sentences in Chinese, keyed by the English ones."""

from __future__ import annotations

CHINESE = {
    # Both sites
    "To the content": "跳到正文",
    "Sign in with verified identity": "用已验证的身份登录",
    "Sign out": "退出登录",
    "You are signed out.": "您已退出登录。",
    "See all that we received": "看看我们收到的一切",
    "Privacy": "隐私",
    "House rules": "店规",
    "verified": "已验证",
    "yes": "是",
    "no": "否",
    "A demonstration: verified adults keep stalls under code names.": "演示：经过验证的成年人以代号摆摊。",
    "A demonstration: real people talk under code names.": "演示：真实的人以代号交谈。",
    # The market
    "Lantern Street Market": "灯街集市",
    "A demonstration: nothing here is really for sale.": "这是演示，这里的东西并不真卖。",
    "Real people. No names asked.": "都是真人，不问姓名。",
    (
        "Every stall on this street is kept by a verified adult: one person, one stall. "
        "The market knows them by a code name, and by nothing else."
    ): "这条街上的每个摊位，都由一位经过验证的成年人经营：一人一摊。集市只知道他们的代号，别的一概不知。",
    "Verified adult, known here as {name}": "已验证的成年人，在这里叫作 {name}",
    "Compare notes with the teahouse": "和茶馆对一对记录",
    (
        "We receive a pseudonym made for this market alone, the code name you choose, and two yeses: verified, "
        "over 18. Not your name, your number or your birthday."
    ): (
        "我们收到的是：只为这个集市生成的假名、您自选的代号，以及两个“是”：已验证、已满 18 岁。"
        "没有姓名、证件号码和生日。"
    ),
    "Your stall": "您的摊位",
    "Open your stall": "开个摊位",
    "What is it called?": "摊位叫什么？",
    "What do you sell?": "卖些什么？",
    "Change the sign": "换块招牌",
    "Light the lantern": "点灯开张",
    "Stalls tonight": "今晚的摊位",
    "Kept by {name} since {day}": "摊主 {name}，{day}开张",
    "The street is still dark. Yours would be the first lantern.": "街上还没有亮灯。您可以点起第一盏。",
    "Back to the market": "回到集市",
    "The market keeps what the identity provider sent at your latest visit, and the sign of your stall.": (
        "集市只保存您最近一次来访时身份服务发来的内容，以及您摊位的招牌。"
    ),
    "One person, one stall. Sell only what you may sell. Be kind to the neighbours.": "一人一摊，合法买卖，善待邻摊。",
    # The teahouse
    "Half-Moon Teahouse": "半月茶馆",
    "A demonstration: the tea is imaginary.": "这是演示，茶是想象出来的。",
    "Everyone here is someone.": "在座的，都是真实的人。",
    (
        "Whoever speaks here was verified once, elsewhere, and goes by a code name. "
        "One person, one voice: nobody can be two people at this table."
    ): "在这里说话的人，都在别处验证过一次身份，并以代号相称。一人一声：谁也不能在这张桌上扮成两个人。",
    (
        "We receive a pseudonym made for this teahouse alone, the code name you choose, and one yes: verified. "
        "Not your name, your number or your age."
    ): "我们收到的是：只为这间茶馆生成的假名、您自选的代号，以及一个“是”：已验证。没有姓名、证件号码和年龄。",
    "The talk": "茶客闲谈",
    "The cups are still full. Say the first word.": "茶还满着，您来说第一句吧。",
    "What is on your mind?": "想说点什么？",
    "Say it": "说出来",
    "as": "代号",
    "Compare notes with the market": "和集市对一对记录",
    "Back to the teahouse": "回到茶馆",
    "The teahouse keeps what the identity provider sent at your latest visit, and what you said.": (
        "茶馆只保存您最近一次来访时身份服务发来的内容，以及您说过的话。"
    ),
    "One person, one voice. Say nothing under a code name that you would not say under your own.": (
        "一人一声。用真名说不出口的话，也别用代号说。"
    ),
    # Privacy and rules of both
    "It never learns who you are. It sells nothing about you, because it has nothing to sell.": (
        "它从不知道您是谁。它不会出卖您的任何信息，因为它没有可卖的。"
    ),
    "Whoever is shown out cannot come back under another name: it would be the same pseudonym.": (
        "被请出去的人换个名字也回不来：假名还是同一个。"
    ),
    # What was received
    "What we received about you": "我们收到的信息",
    "All of it, word for word. Nothing was left out for this page.": "一字不差，全部在此，没有为这个页面省略任何内容。",
    "What we did not receive": "我们没有收到的",
    "Your name": "您的姓名",
    "Your resident number": "您的身份证号码",
    "Your birthday": "您的生日",
    "Your picture": "您的照片",
    "Your bank card": "您的银行卡",
    "Your phone number or e-mail address": "您的电话号码或电子邮箱",
    "Which other sites you visit": "您还去过哪些网站",
    "Userinfo": "用户信息（userinfo）",
    "ID token": "身份令牌（ID token）",
    "Three parts: a header, the claims, and a signature that we checked against the provider's published key.": (
        "三个部分：头部、声明和签名。签名已用身份服务公布的公钥核对过。"
    ),
    "Header, decoded": "头部（已解码）",
    "Claims, decoded": "声明（已解码）",
    "As it came": "收到时的原样",
    "The lines that did it": "完成这一切的代码",
    "From this site's own source, as it runs:": "取自本站正在运行的源代码：",
    "Your pseudonym here: the same at every visit, and no other site gets it.": (
        "您在这里的假名：每次来访都相同，别的网站得不到它。"
    ),
    "The code name you go by here.": "您在这里使用的代号。",
    "The code name again, for sites that look for it under this name.": "还是代号，供习惯用这个字段名的网站使用。",
    "That a real person stands behind the pseudonym.": "假名背后是一个真实的人。",
    "How that was established, as one word.": "这一点是怎样确认的，用一个词表示。",
    "The day on which it was established.": "确认的日期。",
    "That you are an adult; not your birthday.": "您已成年，但不含生日。",
    # Comparing notes
    "Two sites compare notes": "两个网站对记录",
    (
        "The market and the teahouse put all they have on one table and try to find out "
        "which of their visitors are the same person."
    ): "集市和茶馆把各自掌握的一切摆到一张桌上，想弄清哪些来客是同一个人。",
    "First sign in here": "请先在这里登录",
    "Now sign in at the teahouse": "再到茶馆登录一下",
    "There has to be a record of you at both sites. Sign in at each of them in this browser, then come back.": (
        "两个网站都要有您的记录才能对照。请用这个浏览器在两边都登录一次，然后回到这里。"
    ),
    "To the teahouse": "去茶馆",
    "Compare again": "再对一次",
    "Nothing here says that this is one person.": "这里没有任何东西能说明这是同一个人。",
    (
        "It is you in both columns. We only know because your own browser carried the thread "
        "from one site to the other, just now."
    ): "两栏其实都是您。我们之所以知道，只因为您自己的浏览器刚才把线索从一个网站带到了另一个。",
    "Something here could join the two records.": "这里有东西能把两条记录连起来。",
    "Look for the marked lines: these values are equal at both sites, and not everybody has them.": (
        "请看标出的行：这些值在两边相同，而且并非人人都有。"
    ),
    "values differ": "项不同",
    "are equal": "项相同",
    "Both records, field by field": "两条记录，逐项对照",
    "Field": "字段",
    "At the market": "在集市",
    "At the teahouse": "在茶馆",
    "Market": "集市",
    "Teahouse": "茶馆",
    "equal, as for {fits} of the {of} people there": "相同；对方 {of} 人中有 {fits} 人是这个值",
    "equal, and it could tell who you are": "相同，并且可能暴露您是谁",
    "One value turned up under another name.": "有个值换了字段名又出现了。",
    (
        "What no identity provider can hide: both sites see your network address, your browser's make, "
        "and when you came. Choose different code names, too; that is up to you."
    ): (
        "任何身份服务都藏不住的：两个网站都看得到您的网络地址、浏览器型号和来访时间。代号也请各取一个，这由您自己决定。"
    ),
    # Troubles
    "Try the sign-in again": "再登录一次",
    "To the identity provider": "去身份服务",
    "Nothing was sent to us": "没有任何信息发给我们",
    "You said no, or what this site asks for could not be shown. Either way we learned nothing about you.": (
        "您选择了拒绝，或者本站要求的条件无法证明。无论哪种情况，我们都没有得到您的任何信息。"
    ),
    "You are not signed in yet": "您还没有登录",
    "Your identity provider wants to see you before it vouches for you.": "身份服务要先见到您，才能为您作证。",
    "The identity provider has trouble": "身份服务出了点问题",
    "It could not answer just now. Please try again in a minute.": "它暂时无法答复，请过一分钟再试。",
    "The identity provider does not answer": "身份服务没有回应",
    "We cannot reach it. Everything that needs no sign-in works as always.": (
        "我们联系不上它。不需要登录的功能一切照常。"
    ),
    "This sign-in lost its thread": "这次登录断了线",
    "It began in another tab or browser, or too long ago. Nothing has happened; simply begin again.": (
        "它是在别的标签页或浏览器里开始的，或者时间太久了。什么都没有发生，重新开始即可。"
    ),
    "The answer did not check out": "答复没有通过核对",
    "What came back failed one of our checks, so we threw it away.": "收到的答复有一项没有通过核对，我们已将它丢弃。",
    "Only verified people": "只限已验证的人",
    "The identity provider does not say that you are verified. You can change that there, once, and come back.": (
        "身份服务没有说您已经验证。您可以去那里验证，一次就够，然后再来。"
    ),
    "Only adults": "只限成年人",
    "Stalls are for people over 18. The identity provider does not say so of you.": (
        "年满 18 岁才能开摊，而身份服务没有说您已满 18 岁。"
    ),
    "This site asked wrongly": "本站的请求有误",
    "The identity provider refused the way we asked. That is for us to mend, not for you.": (
        "身份服务拒绝了我们的请求方式。这要由我们来改，与您无关。"
    ),
    "There is no such page": "没有这个页面",
    "Perhaps the address has a slip in it.": "也许地址里有个笔误。",
    "We could not read that": "我们没能读懂",
    "Something was missing or too long. Go back and try again.": "可能缺了什么，或者太长了。请返回再试。",
    "You are signed out": "您已退出登录",
    "Sign in again to go on.": "请重新登录后继续。",
    "The other site does not answer": "另一个网站没有回应",
    "Comparing notes takes two. Start the other site and try again.": "对记录要两家一起才行。请启动另一个网站后再试。",
    "Something broke": "出错了",
    "That was our fault. Nothing was lost.": "是我们的错。没有丢失任何东西。",
}
